export const findingCodes = [
  'no-training-images',
  'no-test-images',
  'one-class',
  'unseen-classes',
  'untested-classes',
  'few-training-images',
  'no-validation-images',
  'single-validation-images',
  'small-test',
  'few-steps',
  'student-larger',
  'start-normalisation',
  'unknown-stage',
  'teacher-stages-unknown',
  'teacher-gives-logits-only',
  'stage-without-tensor',
  'teacher-without-penultimate',
  'classifier-reused-twice',
  'class-weights-unfit',
  'classes-balanced-twice',
  'no-distillation',
  'smoothed-teacher',
  'long-warm-up',
  'labels-hide-classes',
  'unlabelled-unused',
  'teacher-near-chance',
  'teacher-uncalibrated',
  'teacher-below-baseline',
  'teacher-knows-part',
  'student-below-baseline',
  'class-never-predicted',
  'test-differs',
] as const;
export type FindingCode = (typeof findingCodes)[number];

/** Something that the owner of a run should know, before it trains or when it has ended. */
export interface Finding {
  /** error: the run is refused. */
  severity: 'error' | 'warning';
  code: FindingCode;
  /** One or two sentences: what is so. */
  message: string;
  /** One sentence: what to do about it. */
  hint: string;
  /** Path of the recipe's field that mends it, e.g. `student.training.stages`. */
  field: string;
}

export const warning = (code: FindingCode, message: string, hint: string, field: string): Finding => ({
  severity: 'warning',
  code,
  message,
  hint,
  field,
});

/** `cat, dog and 3 more`: names in a sentence. */
export function someNames(names: readonly string[], most = 5): string {
  if (names.length <= most + 1) {
    const last = names.at(-1) ?? '';
    return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
  }
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** 1 image, 1,500 images. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
