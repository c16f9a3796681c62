import type { Format } from './number-field.ts';
import type { TrainingRecipe } from './recipe/training.ts';

/** How a training mixes images and balances classes, as what it is done with: "images mixed in pairs (...)"; none where it does neither. */
export function trainingImageClauses(
  { mixing, sampling, classWeights }: Pick<TrainingRecipe, 'mixing' | 'sampling' | 'classWeights'>,
  format: Format,
): string[] {
  const ways = [['mixup', mixing.mixup] as const, ['CutMix', mixing.cutmix] as const].flatMap(
    ([name, { p, alpha }]) =>
      p > 0
        ? [`in ${format(Math.round(1000 * p) / 10)} % of the batches by ${name} with α = ${format(alpha)}`]
        : [],
  );
  return [
    ...(ways.length > 0 ? [`images mixed in pairs (${ways.join(', ')})`] : []),
    ...(sampling === 'uniform' ? [] : [samplings[sampling]]),
    ...(classWeights ? [`the label loss weighted by class (${weightWords(classWeights, format)})`] : []),
  ];
}

const samplings = {
  balanced: 'every class equally often in an epoch',
  'square-root': 'classes in an epoch by the square root of their numbers of images',
};

function weightWords(weights: NonNullable<TrainingRecipe['classWeights']>, format: Format): string {
  switch (weights.by) {
    case 'inverse-frequency':
      return 'inverse frequency';
    case 'effective-number':
      return `effective number of images, β = ${format(weights.beta)}`;
    case 'list':
      return 'given weights';
  }
}
