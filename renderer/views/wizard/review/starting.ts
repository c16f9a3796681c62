import { defineStore } from 'pinia';
import { computed } from 'vue';
import { type Recipe, recipeSchema } from '../../../../electron/contract/recipe.ts';
import { useCall } from '../../../composables/use-call.ts';
import { useDraft } from '../../../stores/draft.ts';
import { useSettings } from '../../../stores/settings.ts';
import { cloneOf } from '../draft-recipe.ts';
import { useIssues } from '../use-issues.ts';
import { keepsAnswers } from './stored-answers.ts';

/** Starting a run of the draft. */
export const useStarting = defineStore('wizard-starting', () => {
  const draft = useDraft();
  const settings = useSettings();
  const issues = useIssues();
  const call = useCall(async (client, options, recipe: Recipe) => {
    const { runsFolder, answersFolder, runtime } = await settings.load();
    const storedAnswers = keepsAnswers.value ? answersFolder : null;
    return client.runs.start(
      { recipe, data: recipe.data.path, out: runsFolder, storedAnswers, runtime },
      options,
    );
  });
  const isReady = computed(() => issues.all.length === 0);

  /** The run's folder; null where it was not started. */
  async function start(): Promise<string | null> {
    const parsed = recipeSchema.safeParse(cloneOf(draft.recipe));
    if (!parsed.success || !isReady.value) return null;
    return (await call.run(parsed.data))?.folder ?? null;
  }
  return { call, isReady, start };
});
