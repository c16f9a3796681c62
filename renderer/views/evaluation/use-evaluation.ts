import { refDebounced } from '@vueuse/core';
import { computed, ref, watch, type Ref } from 'vue';
import type { RunEvaluation } from '../../../electron/contract/run-evaluation.ts';
import { type Role, roles } from '../../../electron/contract/run.ts';
import type { Mask } from '../../../electron/contract/mask.ts';
import { useCall } from '../../composables/use-call.ts';

/** A run's evaluation under the chosen mask and weight of the plain image, computed again whenever one of them changes. */
export function useEvaluation(folder: Ref<string | null>) {
  const classes = ref<Mask['classes']>('all');
  const mask = computed<Mask>(() => ({ classes: classes.value, invert: false }));
  /** null: as it was measured. */
  const beta = ref<number | null>(null);
  // A click through many classes, or a pull at a slider, asks once.
  const settledMask = refDebounced(mask, 150);
  const settledBeta = refDebounced(beta, 150);
  const request = useCall((client, options, run: string) =>
    client.runs.evaluation({ folder: run, mask: mask.value, beta: beta.value }, options),
  );
  const refresh = () => folder.value !== null && request.run(folder.value);
  watch([settledMask, settledBeta], refresh);
  watch(
    folder,
    () => {
      request.data.value = null;
      classes.value = 'all';
      beta.value = null;
      void refresh();
    },
    { immediate: true },
  );
  const evaluation = computed<RunEvaluation | null>(() => request.data.value);
  const evaluated = computed<Role[]>(() =>
    roles.filter((role) => evaluation.value?.models[role] !== undefined),
  );
  return { classes, mask, beta, request, refresh, evaluation, roles: evaluated };
}
