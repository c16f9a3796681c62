import { refDebounced } from '@vueuse/core';
import { computed, ref, watch, type Ref } from 'vue';
import type { Judgement } from '../../../electron/contract/judgement.ts';
import { type Role, roles } from '../../../electron/contract/run.ts';
import type { Mask } from '../../../electron/contract/mask.ts';
import { useCall } from '../../composables/use-call.ts';

/** A run's judgement under the chosen mask and weight of the plain image, made anew whenever one of them changes. */
export function useJudgement(folder: Ref<string | null>) {
  const classes = ref<Mask['classes']>('all');
  const mask = computed<Mask>(() => ({ classes: classes.value, invert: false }));
  /** null: as it was measured. */
  const beta = ref<number | null>(null);
  // A click through many classes, or a pull at a slider, asks once.
  const settledMask = refDebounced(mask, 150);
  const settledBeta = refDebounced(beta, 150);
  const judging = useCall((client, options, run: string) =>
    client.runs.judge({ folder: run, mask: mask.value, beta: beta.value }, options),
  );
  const judge = () => folder.value !== null && judging.run(folder.value);
  watch([settledMask, settledBeta], judge);
  watch(
    folder,
    () => {
      judging.data.value = null;
      classes.value = 'all';
      beta.value = null;
      void judge();
    },
    { immediate: true },
  );
  const judgement = computed<Judgement | null>(() => judging.data.value);
  const judged = computed<Role[]>(() => roles.filter((role) => judgement.value?.models[role] !== undefined));
  return { classes, mask, beta, judging, judge, judgement, roles: judged };
}
