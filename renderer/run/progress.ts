import type { RunPosition } from '../../electron/contract/position.ts';
import { type Phase, plannedEpochs, type RunState } from '../../electron/contract/run.ts';
import type { Recipe } from '../../electron/contract/recipe.ts';

/** Epochs of all trainings together, and how many of them are done, the one at work with its fraction. */
export function epochsDone(recipe: Recipe, position: RunPosition): { done: number; total: number } {
  const planned = plannedEpochs(recipe);
  const total = planned.reduce((sum, { epochs }) => sum + epochs, 0);
  const { phase, step } = position;
  if (phase === 'import') return { done: 0, total };
  if (phase === 'evaluate' || phase === 'export') return { done: total, total };
  let done = 0;
  for (const { role, epochs } of planned) {
    if (role !== phase) {
      done += epochs;
      continue;
    }
    return { done: done + (step?.role === role ? step.epoch - 1 + step.step / step.steps : 0), total };
  }
  return { done: 0, total };
}

/** Shares of the bar before, in and after the trainings. */
const [prepareShare, trainShare, evaluateShare] = [0.03, 0.92, 0.04];

/** How far a run is, in [0, 1], for a bar; null where that is not known. The time left comes from the engine, not from this. */
export function runFraction(recipe: Recipe, state: RunState, position: RunPosition | null): number | null {
  if (state === 'completed') return 1;
  if (position === null) return null;
  const { phase, progress } = position;
  const within = progress?.phase === phase && progress.total > 0 ? progress.done / progress.total : 0;
  if (phase === 'import') return prepareShare * within;
  const { done, total } = epochsDone(recipe, position);
  const trained = prepareShare + trainShare * (total > 0 ? done / total : 0);
  if (phase === 'evaluate') return trained + evaluateShare * within;
  return phase === 'export' ? trained + evaluateShare : trained;
}

const phaseNames: Record<Phase, string> = {
  import: 'Import',
  teacher: 'Teacher',
  student: 'Student',
  baseline: 'Baseline',
  evaluate: 'Evaluate',
  export: 'Export',
};
export const phaseName = (phase: Phase): string => phaseNames[phase];

const doing: Record<Phase, string> = {
  import: 'Reading the dataset',
  teacher: 'Training the teacher',
  student: 'Distilling the student',
  baseline: 'Training the baseline',
  evaluate: 'Evaluating on the test images',
  export: 'Writing the exports',
};
/** What a run is doing, in words. */
export const phaseSentence = (phase: Phase): string => doing[phase];
