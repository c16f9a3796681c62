import { defineStore, storeToRefs } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { Recipe } from '../../../electron/contract/recipe.ts';
import type { LearningRateCurve } from '../../../electron/contract/learning-rates.ts';
import { useCall } from '../../composables/use-call.ts';
import { useDraft } from '../draft.ts';
import { useSettings } from '../../stores/settings.ts';
import { searchBasis } from './search-basis.ts';
import type { TrainedRole } from './use-training.ts';

interface Found {
  curve: LearningRateCurve;
  /** What it was measured for. */
  basis: string;
}

/** The searches for a learning rate of the draft at work, one a network. They go on, and keep their curves, while other steps are shown. */
export const useFoundRates = defineStore('wizard-found-rates', () => {
  const { recipe, opening } = storeToRefs(useDraft());
  const settings = useSettings();

  function searchFor(role: TrainedRole) {
    const call = useCall(async (client, options, searched: Recipe) => {
      const { runtime } = await settings.load();
      return client.training.findLearningRate({ recipe: searched, role, runtime }, options);
    });
    const found = shallowRef<Found | null>(null);
    /** The suggestion that was taken. */
    const chosen = shallowRef<number | null>(null);
    const isOutdated = computed(
      () => found.value !== null && found.value.basis !== searchBasis(recipe.value, role),
    );
    async function find(searched: Recipe): Promise<void> {
      const basis = searchBasis(searched, role);
      const curve = await call.run(searched);
      if (curve === null) return;
      found.value = { curve, basis };
      chosen.value = null;
    }
    watch(opening, () => {
      call.cancel();
      call.error.value = null;
      found.value = null;
      chosen.value = null;
    });
    return { call, found, chosen, isOutdated, find };
  }

  return { teacher: searchFor('teacher'), student: searchFor('student') };
});
