import { computed, type ComputedRef } from 'vue';
import { networkStages } from '../../../electron/contract/distillation-findings.ts';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import type { Sweep } from '../../../electron/contract/sweep/sweep.ts';
import { useDraft } from '../draft.ts';
import { cloneOf } from '../draft-recipe.ts';
import { useTeacherModel } from '../models/teacher-model.ts';
import { triedSweep } from './tried-sweep.ts';

/** The sweep that the draft is; null where no field has several values, or the recipe is wrong. */
export function useTriedSweep(): ComputedRef<Sweep | null> {
  const draft = useDraft();
  const teacher = useTeacherModel();
  return computed(() => {
    if (Object.keys(draft.tries).length === 0) return null;
    const parsed = recipeSchema.safeParse(cloneOf(draft.recipe));
    if (!parsed.success) return null;
    return triedSweep(parsed.data, draft.tries, networkStages(parsed.data.student.model, teacher.value));
  });
}
