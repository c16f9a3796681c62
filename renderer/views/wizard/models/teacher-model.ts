import { storeToRefs } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { ModelRecipe } from '../../../../electron/contract/recipe.ts';
import { useCall } from '../../../composables/use-call.ts';
import { useDraft } from '../../../stores/draft.ts';

/** The teacher's network, also where it comes from a run; null: not known. */
export function useTeacherModel() {
  const { recipe } = storeToRefs(useDraft());
  const ofRun = shallowRef<ModelRecipe | null>(null);
  const details = useCall((client, options, folder: string) => client.runs.details({ folder }, options));
  watch(
    () => {
      const { teacher } = recipe.value;
      return teacher.source === 'run' ? `${teacher.role} ${teacher.path}` : null;
    },
    async () => {
      const { teacher } = recipe.value;
      ofRun.value = null;
      if (teacher.source !== 'run' || teacher.path === '') return;
      const found = await details.run(teacher.path);
      if (!found) return;
      if (teacher.role !== 'teacher') ofRun.value = found.recipe.student.model;
      else if (found.recipe.teacher.source !== 'run') ofRun.value = found.recipe.teacher.model;
    },
    { immediate: true },
  );
  return computed(() => (recipe.value.teacher.source === 'run' ? ofRun.value : recipe.value.teacher.model));
}
