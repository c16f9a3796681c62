import type { UnlabelledReport } from './dataset.ts';
import { counted } from './findings.ts';

/** Sentences about the images without labels that were found, and those that are left out. */
export function unlabelledSentences({ images, skipped }: UnlabelledReport): string[] {
  const [first] = skipped;
  const are = skipped.length === 1 ? 'is' : 'are';
  return [
    `The student also learns from ${counted(images, 'image')} without labels, by its teacher alone.`,
    ...(first
      ? [
          `${counted(skipped.length, 'unlabelled image')} ${are} left out (the first: "${first.file}", ${first.detail}).`,
        ]
      : []),
  ];
}
