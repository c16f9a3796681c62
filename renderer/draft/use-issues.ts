import { defineStore, storeToRefs } from 'pinia';
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue';
import { networkStages } from '../../electron/contract/distillation-findings.ts';
import { useDraft } from './draft.ts';
import { useDataset } from './dataset.ts';
import { findIssues, issueAt } from './issues.ts';
import { networkGroups } from './models/network-groups.ts';
import { useTeacherModel } from './models/teacher-model.ts';
import { useWeightsFit } from './models/weights-fit.ts';

/** What is wrong with the draft now. A store, so that it is looked for once and not once a field. */
export const useIssues = defineStore('wizard-issues', () => {
  const { recipe, left } = storeToRefs(useDraft());
  const dataset = useDataset();
  const teacherModel = useTeacherModel();
  const weights = useWeightsFit();
  const all = computed(() =>
    findIssues(recipe.value, {
      classes: dataset.report?.classes.length ?? null,
      isUnreadable: dataset.inspection.error !== null,
      groups: networkGroups(recipe.value),
      stages: networkStages(recipe.value.student.model, teacherModel.value),
      weights: weights.problems,
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
