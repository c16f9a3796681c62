import { defineStore } from 'pinia';
import { computed } from 'vue';
import { type Recipe, recipeSchema } from '../../../electron/contract/recipe.ts';
import type { Sweep } from '../../../electron/contract/sweep/sweep.ts';
import { useCall } from '../../composables/use-call.ts';
import { useDraft } from '../draft.ts';
import { useSettings } from '../../stores/settings.ts';
import { useDataset } from '../dataset.ts';
import { cloneOf } from '../draft-recipe.ts';
import { useTriedSweep } from '../sweep/use-tried-sweep.ts';
import { useIssues } from '../use-issues.ts';
import { keepsLogits } from './kept-logits.ts';

interface Started {
  folder: string;
  isSweep: boolean;
  isDone: () => boolean;
}

/** Starting a run or a sweep of the draft. */
export const useStarting = defineStore('wizard-starting', () => {
  const draft = useDraft();
  const settings = useSettings();
  const issues = useIssues();
  const call = useCall(async (client, options, recipe: Recipe, sweep: Sweep | null) => {
    const { runsFolder, runtime, ...folders } = await settings.load();
    if (sweep)
      return client.sweeps.start({ sweep, data: recipe.data.path, out: runsFolder, runtime }, options);
    const logitsFolder = keepsLogits.value ? folders.logitsFolder : null;
    return client.runs.start(
      { recipe, data: recipe.data.path, out: runsFolder, logitsFolder, runtime },
      options,
    );
  });
  const dataset = useDataset();
  const triedSweep = useTriedSweep();
  const isReady = computed(
    () => issues.all.length === 0 && !dataset.findings.some(({ severity }) => severity === 'error'),
  );

  /** Which draft is at work, and what it holds. */
  const mark = (): string => JSON.stringify([draft.opening, draft.recipe, draft.tries]);

  /**
   * Starts the run, or the sweep where something is tried; null where it was not started. `isDone`: whether the draft's work is done, because it is still the one at work and
   * was not changed since.
   */
  async function start(): Promise<Started | null> {
    const parsed = recipeSchema.safeParse(cloneOf(draft.recipe));
    if (!parsed.success || !isReady.value) return null;
    const before = mark();
    const sweep = triedSweep.value;
    const started = await call.run(parsed.data, sweep);
    return started && { folder: started.folder, isSweep: sweep !== null, isDone: () => mark() === before };
  }
  return { call, isReady, start };
});
