import type { TrainingRecipe } from '../../contract/recipe/training.ts';
import type { Handlers } from '../../contract/services.ts';
import { stepsPerEpoch } from '../../contract/training-steps.ts';
import { discriminativeRates, scheduled, stagePlace, stageProgress, turnsOf } from './schedule.ts';

const mostPoints = 400;

interface Stage {
  firstStep: number;
  lastStep: number;
}

function stagesOf({ stages }: TrainingRecipe, perEpoch: number) {
  let done = 0;
  return stages.map(({ epochs, freezeTo }) => {
    const firstStep = done + 1;
    done += epochs * perEpoch;
    return { firstStep, lastStep: done, epochs, freezeTo };
  });
}

/** Steps to show, ascending: all, or some spread evenly, each stage's first and last and those at its turns among them. */
function shownSteps(stages: readonly Stage[], turns: readonly number[]): number[] {
  const total = stages.at(-1)!.lastStep;
  if (total <= mostPoints) return Array.from({ length: total }, (_, i) => i + 1);
  const corners = stages.flatMap(({ firstStep, lastStep }) => {
    const at = turns.map((turn) => firstStep + Math.round(turn * (lastStep - firstStep + 1)));
    // The step before, too: at a milestone the rate jumps.
    const around = at.flatMap((step) => (turns.length > 1 ? [step - 1, step] : [step]));
    return [firstStep, ...around.map((step) => Math.min(step, lastStep)), lastStep];
  });
  const even = mostPoints - corners.length;
  const between = Array.from({ length: even }, (_, i) => 1 + Math.round((i * (total - 1)) / (even - 1)));
  return [...new Set([...corners, ...between])].sort((a, b) => a - b);
}

/** The schedule as the callback that sets it computes it (train/callbacks/schedule.ts); steps count from 1. */
export const previewSchedule: Handlers['training']['schedule'] = ({ training, trainImages }) => {
  const perEpoch = stepsPerEpoch(trainImages, training.batchSize);
  const stages = stagesOf(training, perEpoch);
  const step = shownSteps(stages, turnsOf(training.schedule));
  const points = step.map((number) => {
    const epoch = 1 + Math.floor((number - 1) / perEpoch);
    const place = stagePlace(training.stages, epoch);
    // However many groups there are, the last has the pair's higher end.
    const peak = discriminativeRates(place.stage.learningRate, 2).at(-1)!;
    return scheduled(stageProgress(place, (number - 1) % perEpoch, perEpoch), peak, training.schedule);
  });
  return Promise.resolve({
    step,
    learningRate: points.map(({ learningRate }) => learningRate),
    momentum: points.map(({ momentum }) => momentum),
    stages,
    stepsPerEpoch: perEpoch,
  });
};
