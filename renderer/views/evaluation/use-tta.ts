import { computed, shallowReactive, watch, type Ref } from 'vue';
import type { TtaRow } from '../../../electron/contract/result.ts';
import type { Mask } from '../../../electron/contract/services.ts';
import { useCall } from '../../composables/use-call.ts';

/** What was measured, by run and mask: kept while the window is open, so that neither masks nor pages lose it. */
const measured = shallowReactive(new Map<string, TtaRow[]>());
const everything: Mask = { classes: 'all', invert: false };
const keyOf = (folder: string, mask: Mask): string => JSON.stringify([folder, mask]);

/** Test-time augmentation of a run under a mask; for all classes what the run itself measured stands until it is measured anew. */
export function useTta(folder: Ref<string>, mask: Ref<Mask>) {
  const rows = computed(() => measured.get(keyOf(folder.value, mask.value)) ?? []);
  const result = useCall((client, options, run: string) => client.runs.result({ folder: run }, options));
  const evaluating = useCall(
    (client, options, input: { folder: string; mask: Mask; tta: number[]; beta: number }) =>
      client.runs.evaluate(input, options),
  );

  async function measure(counts: number[], beta: number): Promise<void> {
    const input = { folder: folder.value, mask: mask.value, tta: counts, beta };
    const evaluation = await evaluating.run(input);
    if (evaluation) measured.set(keyOf(input.folder, input.mask), evaluation.tta);
  }

  watch(
    folder,
    async (run) => {
      const own = keyOf(run, everything);
      if (measured.has(own)) return;
      const found = await result.run(run);
      if (found && found.tta.length > 0 && !measured.has(own)) measured.set(own, found.tta);
    },
    { immediate: true },
  );

  return { rows, evaluating, measure };
}
