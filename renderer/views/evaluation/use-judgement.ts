import { refDebounced } from '@vueuse/core';
import { computed, ref, watch, type Ref } from 'vue';
import type { Judgement } from '../../../electron/contract/judgement.ts';
import type { Role } from '../../../electron/contract/result.ts';
import type { Mask } from '../../../electron/contract/services.ts';
import { useCall } from '../../composables/use-call.ts';

const roleOrder: readonly Role[] = ['teacher', 'student', 'baseline'];

/** A run's judgement under the chosen mask, made anew whenever the mask changes. */
export function useJudgement(folder: Ref<string>) {
  const mask = ref<Mask>({ classes: 'all', invert: false });
  // A click through many classes asks once.
  const settled = refDebounced(mask, 150);
  const judging = useCall((client, options, run: string, chosen: Mask) =>
    client.runs.judge({ folder: run, mask: chosen }, options),
  );
  watch([folder, settled], ([run, chosen]) => run && void judging.run(run, chosen), { immediate: true });
  const judgement = computed<Judgement | null>(() => judging.data.value);
  const roles = computed<Role[]>(() =>
    roleOrder.filter((role) => judgement.value?.models[role] !== undefined),
  );
  return { mask, judging, judgement, roles };
}
