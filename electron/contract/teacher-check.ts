import type { NetworkHints } from './recipe/network-hints.ts';
import type { Statistics } from './recipe/statistics.ts';
import type { GivenTeacher } from './recipe/teacher.ts';

/** A change of the recipe's teacher by which it fits held-out images better: hints of an ONNX file, statistics of weights, or class names in its own order. */
export type TeacherRemedy = { hints: Partial<NetworkHints> } | { image: Statistics } | { classes: string[] };

/** The teacher with that change; one that has no such field stays as it is. */
export function withRemedy<Teacher extends GivenTeacher>(teacher: Teacher, remedy: TeacherRemedy): Teacher {
  if ('classes' in remedy)
    return teacher.source === 'run' ? teacher : { ...teacher, classes: remedy.classes };
  if ('hints' in remedy)
    return teacher.source === 'onnx' ? { ...teacher, hints: { ...teacher.hints, ...remedy.hints } } : teacher;
  return teacher.source === 'weights'
    ? { ...teacher, image: { ...teacher.image, ...remedy.image } }
    : teacher;
}

/** How a given teacher does on held-out images, before anything learns from it. */
export interface TeacherCheckReport {
  /** wrong: a run would refuse it. doubtful: a run would warn of it. */
  verdict: 'fine' | 'doubtful' | 'wrong';
  /** E.g. 'The teacher gets 60 of 60 held-out images right.' */
  message: string;
  /** What to do; null: nothing, or it is part of the message. */
  hint: string | null;
  /** The same where it is a change of the recipe; null: it is not. */
  remedy: TeacherRemedy | null;
  /** What was taken of it that is stated nowhere, and other remarks: a sentence each. */
  remarks: string[];
}
