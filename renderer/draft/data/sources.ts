import { createGlobalState } from '@vueuse/core';
import { computed } from 'vue';
import { useDraft } from '../draft.ts';
import { useSettings } from '../../stores/settings.ts';
import { useDataset } from '../dataset.ts';
import { useBring } from './use-bring.ts';
import { useOffers } from './use-offers.ts';

/** The ways on which a dataset comes here. What is under way goes on while other steps and screens are looked at. */
export const useSources = createGlobalState(() => {
  const draft = useDraft();
  const settings = useSettings();
  const dataset = useDataset();
  const bring = useBring();
  const offers = useOffers();
  const isBusy = computed(
    () => bring.pending.value || offers.sample.pending.value || offers.download.pending.value,
  );

  /** Makes what comes the draft's dataset. */
  async function take(coming: Promise<string | null>): Promise<void> {
    const { opening } = draft;
    const path = await coming;
    if (path === null) return;
    if (draft.opening !== opening) {
      // Another draft is at work by now: it is offered among those that were opened last.
      await settings.save({ opened: { kind: 'dataset', path } }).catch(() => undefined);
    } else if (draft.recipe.data.path === path) void dataset.inspect();
    else draft.recipe.data.path = path;
  }

  return {
    bring,
    ...offers,
    isBusy,
    takeFiles: (files: readonly File[] | Promise<readonly File[]>) => take(bring.bring(files)),
    takeSample: () => take(offers.drawSample()),
    takeGtsrb: () => take(offers.downloadGtsrb()),
  };
});
