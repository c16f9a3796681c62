import { defineStore, storeToRefs } from 'pinia';
import { computed, ref } from 'vue';
import { methodDescriptors } from '../../../electron/contract/methods.ts';
import { useDraft } from '../draft.ts';
import { useTeacherModel } from './teacher-model.ts';
import { useDescriptions } from './use-description.ts';

/** Names of the stages of student and teacher, where a term compares some; null: not needed, or not known yet. */
export const useNetworkStages = defineStore('wizard-network-stages', () => {
  const { recipe } = storeToRefs(useDraft());
  const teacherModel = useTeacherModel();
  /** Set where terms are edited: stages are proposed as soon as a term is added. */
  const isEdited = ref(false);
  const models = computed(() => {
    const compares = recipe.value.distillation.terms.some(
      ({ method }) => methodDescriptors[method].needs.student === 'stage',
    );
    if (!compares && !isEdited.value) return [];
    return [recipe.value.student.model, teacherModel.value].filter((model) => model !== null);
  });
  const descriptions = useDescriptions(
    () => models.value,
    () => 64,
  );
  const stagesOf = (index: number) =>
    computed(() => {
      const found = descriptions.data.value?.[index];
      // The answer to an earlier question is about another network.
      return found && found.architecture === models.value[index]?.architecture ? found.stages : null;
    });
  return { student: stagesOf(0), teacher: stagesOf(1), isEdited };
});
