import { defineStore } from 'pinia';
import { computed } from 'vue';
import { type Recipe, recipeSchema } from '../../../electron/contract/recipe.ts';
import { useCall } from '../../composables/use-call.ts';
import { useDraft } from '../draft.ts';
import { useSettings } from '../../stores/settings.ts';
import { useDataset } from '../dataset.ts';
import { cloneOf } from '../draft-recipe.ts';
import { useIssues } from '../use-issues.ts';
import { keepsLogits } from './kept-logits.ts';

/** Starting a run of the draft. */
export const useStarting = defineStore('wizard-starting', () => {
  const draft = useDraft();
  const settings = useSettings();
  const issues = useIssues();
  const call = useCall(async (client, options, recipe: Recipe) => {
    const { runsFolder, runtime, ...folders } = await settings.load();
    const logitsFolder = keepsLogits.value ? folders.logitsFolder : null;
    return client.runs.start(
      { recipe, data: recipe.data.path, out: runsFolder, logitsFolder, runtime },
      options,
    );
  });
  const dataset = useDataset();
  const isReady = computed(
    () => issues.all.length === 0 && !dataset.findings.some(({ severity }) => severity === 'error'),
  );

  /** Which draft is at work, and its recipe. */
  const mark = (): string => JSON.stringify([draft.opening, draft.recipe]);

  /**
   * Starts the run; null where it was not started. `isDone`: whether the draft's work is done, because it is still the one at work and
   * was not changed since.
   */
  async function start(): Promise<{ folder: string; isDone: () => boolean } | null> {
    const parsed = recipeSchema.safeParse(cloneOf(draft.recipe));
    if (!parsed.success || !isReady.value) return null;
    const before = mark();
    const started = await call.run(parsed.data);
    return started && { folder: started.folder, isDone: () => mark() === before };
  }
  return { call, isReady, start };
});
