import { defineStore, storeToRefs } from 'pinia';
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue';
import { useDraft } from '../../stores/draft.ts';
import { useDataset } from './dataset.ts';
import { findIssues, issueAt } from './issues.ts';

/** What is wrong with the draft now. A store, so that it is looked for once and not once a field. */
export const useIssues = defineStore('wizard-issues', () => {
  const { recipe, left } = storeToRefs(useDraft());
  const dataset = useDataset();
  const all = computed(() =>
    findIssues(recipe.value, {
      classes: dataset.report?.classes.length ?? null,
      isUnreadable: dataset.inspection.error !== null,
    }),
  );
  /** What is missing on a step that nobody has been to yet is no error. */
  const shown = computed(() =>
    all.value.filter(({ missing, step }) => !missing || left.value.includes(step)),
  );
  return { all, shown };
});

/** The sentence to show at a field. */
export function useFieldError(path: MaybeRefOrGetter<string>): ComputedRef<string | undefined> {
  const issues = useIssues();
  return computed(() => issueAt(issues.shown, toValue(path))?.message);
}
