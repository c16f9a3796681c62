import { largest } from '../../../electron/contract/extremes.ts';
import type { StageRecipe } from '../../../electron/contract/recipe/training.ts';

type Rate = StageRecipe['learningRate'];

/** The peak rate of the last parameter group. */
export const highestRate = (rate: Rate): number => (typeof rate === 'number' ? rate : rate[1]);

/** Sets the rate of the last group; a pair keeps its proportion. */
export function withHighestRate(rate: Rate, highest: number): Rate {
  if (typeof rate === 'number') return highest;
  const proportion = rate[0] / rate[1];
  return [Number.isFinite(proportion) ? Number((highest * proportion).toPrecision(3)) : highest, highest];
}

/**
 * The stages with this as the greatest of their peak rates; the others keep their proportion to it. One whose rate is no number gets
 * the same.
 */
export function withPeak(stages: readonly StageRecipe[], peak: number): StageRecipe[] {
  const rates = stages.map(({ learningRate }) => highestRate(learningRate));
  const greatest = largest(rates.filter((rate) => rate > 0));
  return stages.map((stage, i) => {
    const rate = rates[i]! > 0 ? Number((peak * (rates[i]! / greatest)).toPrecision(3)) : peak;
    return { ...stage, learningRate: withHighestRate(stage.learningRate, rate) };
  });
}

/** A first stage for a new classifier on a network that has learnt something already, then the whole network more gently. */
export function headFirst(stages: readonly StageRecipe[]): StageRecipe[] {
  const last = stages.at(-1);
  const rate = last ? highestRate(last.learningRate) : 1e-3;
  const gentle = Number((rate / 2).toPrecision(3));
  return [
    { epochs: 1, freezeTo: -1, learningRate: rate },
    { epochs: last?.epochs ?? 4, freezeTo: 0, learningRate: [Number((gentle / 100).toPrecision(3)), gentle] },
  ];
}

/** Whether stages are of that kind: the head alone, then everything at rates that rise from the first group to the last. */
export const isHeadFirst = (stages: readonly StageRecipe[]): boolean => {
  const [head, ...rest] = stages;
  return (
    head?.freezeTo === -1 &&
    rest.length > 0 &&
    rest.every(({ freezeTo, learningRate }) => freezeTo === 0 && typeof learningRate !== 'number')
  );
};
