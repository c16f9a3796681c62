import { counted } from './findings.ts';
import type { UnseenAccuracies, UnseenEvaluation, UnseenModel } from './unseen.ts';

/** What window, report and terminal show of classes that the student was not trained on. */

export const unseenHeadings = ['Seen classes', 'Unseen classes', 'All classes', 'Harmonic mean'] as const;

/** The three ways to evaluate a model, each with the accuracies below `unseenHeadings`; null: it has none. */
export function unseenRows({ asIs, amongUnseen, corrected }: UnseenModel): {
  label: string;
  note: string;
  accuracies: (number | null)[];
}[] {
  const all = ({ seen, unseen, all: total, harmonicMean }: UnseenAccuracies) => [
    seen,
    unseen,
    total,
    harmonicMean,
  ];
  return [
    { label: 'As it is', note: 'any class may be predicted', accuracies: all(asIs) },
    {
      label: 'Among unseen classes',
      note: 'only an unseen class may be predicted',
      accuracies: [null, amongUnseen, null, null],
    },
    ...(corrected
      ? [
          {
            label: 'With corrected biases',
            note: 'any class may be predicted',
            accuracies: all(corrected),
          },
        ]
      : []),
  ];
}

/** The ways to state the expected shares. */
export const expectedNames: Record<UnseenEvaluation['correction']['expected'], string> = {
  teacher: "The teacher's mean probabilities",
  uniform: 'The same for every class',
  stated: 'Stated, class by class',
};

const expectedWords: Record<UnseenEvaluation['correction']['expected'], string> = {
  teacher: "the teacher's mean probability of that class",
  uniform: 'the same share for every class',
  stated: 'the stated share of that class',
};

/** Whose biases are corrected by what, and what was looked at for it. */
export function correctionSentence({ images, correction, classes }: UnseenEvaluation): string {
  const { expected, reference } = correction;
  const over =
    reference === 'unlabelled'
      ? `over ${counted(correction.images, 'image')} without labels, none of which is a test image`
      : 'over one half of the test images, without their labels; it is evaluated on the other half, and the other way round';
  return `The test has ${counted(images.unseen, 'image')} of ${counted(classes.length, 'class', 'classes')} that the student was not trained on. The correction adds a bias to the logit of each class so that the model's mean probability equals ${expectedWords[expected]}, ${over}.`;
}
