import { storeToRefs } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { ModelRecipe } from '../../../electron/contract/recipe/model.ts';
import type { TeacherRecipe } from '../../../electron/contract/recipe/teacher.ts';
import { networkOfTeacher } from '../../../electron/contract/teacher-network.ts';
import { useCall } from '../../composables/use-call.ts';
import { useDraft } from '../draft.ts';
import { cloneOf } from '../draft-recipe.ts';

/** The teacher's network, also where it comes from a run; null: not known. */
export function useTeacherModel() {
  const { recipe } = storeToRefs(useDraft());
  const ofRun = shallowRef<ModelRecipe | null>(null);
  const search = useCall((client, options, teacher: TeacherRecipe) =>
    networkOfTeacher(teacher, async (folder) => (await client.runs.details({ folder }, options)).recipe),
  );
  watch(
    () => {
      const { teacher } = recipe.value;
      return teacher.source === 'run' ? `${teacher.role} ${teacher.path}` : null;
    },
    async () => {
      const { teacher } = recipe.value;
      ofRun.value = null;
      search.cancel();
      if (teacher.source !== 'run') return;
      const found = await search.run(cloneOf(teacher));
      // null also where another search took its place.
      if (found) ofRun.value = found;
    },
    { immediate: true },
  );
  return computed(() => {
    const { teacher } = recipe.value;
    if (teacher.source === 'run') return ofRun.value;
    return 'model' in teacher ? teacher.model : null;
  });
}
