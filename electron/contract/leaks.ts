import type { Leak } from './dataset.ts';
import { counted } from './findings.ts';

/** Those of a division, beside the copies that the import left out. */
export const leaksOf = (report: { leaks: Leak[] }, divided: { leaks: Leak[] }): Leak[] => [
  ...report.leaks.filter(({ sameBytes }) => sameBytes),
  ...divided.leaks,
];

/** Sentences about pictures that training shares with another part; none where there are none. */
export function leakSentences(leaks: readonly Leak[], isDropped: boolean): string[] {
  const copies = leaks.filter(({ sameBytes }) => sameBytes);
  const pictures = leaks.filter(({ sameBytes }) => !sameBytes);
  const first = ([leak]: readonly Leak[]) => `the first: "${leak!.train}" and "${leak!.other}"`;
  const show = `${counted(pictures.length, 'training image shows', 'training images show')} the same picture as a validation or test image`;
  return [
    ...(copies.length > 0
      ? [
          `${counted(copies.length, 'validation or test image is', 'validation or test images are')} byte for byte identical to a training image and not evaluated (${first(copies)}).`,
        ]
      : []),
    ...(pictures.length === 0
      ? []
      : isDropped
        ? [`${show} and ${pictures.length === 1 ? 'is' : 'are'} left out of training (${first(pictures)}).`]
        : [`${show} (${first(pictures)}): scores may look better than they are.`]),
  ];
}

/** What to do where pictures leak. */
export const leakHint =
  'Leave them out of training with --drop-leaks, "dropLeaks": true under "data" in the recipe, or "Leave them out of training" in the window.';
