import { defineStore, storeToRefs } from 'pinia';
import { computed } from 'vue';
import type { ModelRecipe, TrainingRecipe } from '../../../electron/contract/recipe.ts';
import { useDraft } from '../draft.ts';
import { useDescription } from './use-description.ts';

/** The numbers of parameter groups of the networks that are trained, where a stage freezes some; null: not needed, or not known yet. */
export const useNetworkGroups = defineStore('wizard-network-groups', () => {
  const { recipe } = storeToRefs(useDraft());

  function groupsOf(trained: () => { model: ModelRecipe; training: TrainingRecipe } | null) {
    const model = computed(() => {
      const network = trained();
      // Every network has a head, and something before it.
      return network?.training.stages.some(({ freezeTo }) => freezeTo !== 0 && freezeTo !== -1)
        ? network.model
        : null;
    });
    const description = useDescription(
      () => model.value,
      () => 64,
    );
    return computed(() => {
      const found = description.data.value;
      return found && found.architecture === model.value?.architecture ? found.groups.length : null;
    });
  }

  const teacher = groupsOf(() => (recipe.value.teacher.source === 'train' ? recipe.value.teacher : null));
  const student = groupsOf(() => recipe.value.student);
  return { teacher, student };
});
