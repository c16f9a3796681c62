import type { StageRecipe, TrainingRecipe } from '../../contract/recipe/training.ts';

export type ScheduleRecipe = TrainingRecipe['schedule'];

/** start -> end along half a cosine; position in [0, 1]. */
function cosine(start: number, end: number, position: number): number {
  return start + ((1 + Math.cos(Math.PI * (1 - position))) * (end - start)) / 2;
}

/**
 * Learning rate and momentum (beta1) at `progress` in [0, 1], the share of the cycle's steps already done: the rate
 * climbs from peak/div to peak during `warmup` and falls to peak/finalDiv, both along cosines, while the momentum goes
 * the other way. Smith & Topin, "Super-Convergence", 2017 (arXiv 1708.07120), in the form of fastai's fit_one_cycle.
 */
export function oneCycle(
  progress: number,
  peak: number,
  schedule: ScheduleRecipe,
): { learningRate: number; momentum: number } {
  const { warmup, div, finalDiv, momentum } = schedule;
  const [start, middle, end] = momentum;
  if (progress < warmup) {
    const position = progress / warmup;
    return { learningRate: cosine(peak / div, peak, position), momentum: cosine(start, middle, position) };
  }
  const position = warmup === 1 ? 1 : (progress - warmup) / (1 - warmup);
  return { learningRate: cosine(peak, peak / finalDiv, position), momentum: cosine(middle, end, position) };
}

/** A rate for each parameter group: a pair is spread geometrically, first group to last; one group gets the higher end. */
export function discriminativeRates(rate: StageRecipe['learningRate'], groups: number): number[] {
  if (typeof rate === 'number') return Array.from({ length: groups }, () => rate);
  const [low, high] = rate;
  if (groups === 1) return [high];
  return Array.from({ length: groups }, (_, group) => low * (high / low) ** (group / (groups - 1)));
}

/** Where an epoch (1-based over all stages) lies. */
export interface StagePlace {
  /** 0-based. */
  index: number;
  stage: StageRecipe;
  /** 0-based within the stage. */
  epoch: number;
}

export function stagePlace(stages: readonly StageRecipe[], epoch: number): StagePlace {
  let before = 0;
  for (const [index, stage] of stages.entries()) {
    if (epoch <= before + stage.epochs) return { index, stage, epoch: epoch - before - 1 };
    before += stage.epochs;
  }
  throw new RangeError(`There is no epoch ${epoch} in ${before} epochs.`);
}

/** The share of its stage's steps that are done, at `step` (0-based) of an epoch of `steps` steps: what `oneCycle` asks for. */
export function stageProgress({ stage, epoch }: StagePlace, step: number, steps: number): number {
  return (epoch * steps + step) / (stage.epochs * steps);
}
