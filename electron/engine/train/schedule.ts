import type { ScheduleOf, ScheduleRecipe } from '../../contract/schedules.ts';
import type { StageRecipe } from '../../contract/recipe/training.ts';

/** For one step. */
export interface SchedulePoint {
  learningRate: number;
  /** Adam's beta1, SGD's momentum. */
  momentum: number;
}

/** start -> end along half a cosine; position in [0, 1]. */
function cosine(start: number, end: number, position: number): number {
  return start + ((1 + Math.cos(Math.PI * (1 - position))) * (end - start)) / 2;
}

/**
 * The rate climbs from peak/div to peak during `warmup` and falls to peak/finalDiv, both along cosines, while the momentum goes
 * the other way. Smith & Topin, "Super-Convergence", 2017 (arXiv 1708.07120), in the form of fastai's fit_one_cycle.
 */
function oneCycle(progress: number, peak: number, schedule: ScheduleOf<'one-cycle'>): SchedulePoint {
  const { warmup, div, finalDiv, momentum } = schedule;
  const [start, middle, end] = momentum;
  if (progress < warmup) {
    const position = progress / warmup;
    return { learningRate: cosine(peak / div, peak, position), momentum: cosine(start, middle, position) };
  }
  const position = warmup === 1 ? 1 : (progress - warmup) / (1 - warmup);
  return { learningRate: cosine(peak, peak / finalDiv, position), momentum: cosine(middle, end, position) };
}

/** torch's LinearLR: from peak/div to peak along a line during `warmup`; null: that is over. */
function warmingUp(progress: number, peak: number, { warmup, div }: { warmup: number; div: number }) {
  return progress < warmup ? peak / div + (peak - peak / div) * (progress / warmup) : null;
}

/** torch's CosineAnnealingLR, after the warm-up: from peak to peak * final. */
function annealed(progress: number, peak: number, { warmup, final }: ScheduleOf<'cosine'>): number {
  return cosine(peak, peak * final, warmup === 1 ? 1 : (progress - warmup) / (1 - warmup));
}

/** torch's MultiStepLR. */
function stepped(progress: number, peak: number, { milestones, factor }: ScheduleOf<'step'>): number {
  return peak * factor ** milestones.filter((milestone) => progress >= milestone).length;
}

/** Learning rate and momentum at `progress` in [0, 1], the share of the stage's steps already done. */
export function scheduled(progress: number, peak: number, schedule: ScheduleRecipe): SchedulePoint {
  switch (schedule.name) {
    case 'one-cycle':
      return oneCycle(progress, peak, schedule);
    case 'cosine': {
      const learningRate = warmingUp(progress, peak, schedule) ?? annealed(progress, peak, schedule);
      return { learningRate, momentum: schedule.momentum };
    }
    case 'constant':
      return {
        learningRate: warmingUp(progress, peak, schedule) ?? peak,
        momentum: schedule.momentum,
      };
    case 'step':
      return { learningRate: stepped(progress, peak, schedule), momentum: schedule.momentum };
  }
}

/** Shares of a stage's steps at which the rate turns or jumps. */
export const turnsOf = (schedule: ScheduleRecipe): readonly number[] =>
  schedule.name === 'step' ? schedule.milestones : [schedule.warmup];

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

/** The share of its stage's steps that are done, at `step` (0-based) of an epoch of `steps` steps: what `scheduled` asks for. */
export function stageProgress({ stage, epoch }: StagePlace, step: number, steps: number): number {
  return (epoch * steps + step) / (stage.epochs * steps);
}
