import { useTimeoutFn } from '@vueuse/core';
import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { countMembers, lookAtSweep } from '../../../electron/contract/sweep/sweep-progress.ts';
import type { SweepStatus } from '../../../electron/contract/sweep/sweep-status.ts';
import type { SweepTable } from '../../../electron/contract/sweep/sweep-table.ts';
import { engine } from '../../client/engine.ts';
import { useCall } from '../../composables/use-call.ts';
import { isAtWork } from './sweep-state.ts';

/** Milliseconds between two looks at a sweep at work, */
const everyMs = 1500;
/** and how many times as long as a look takes: of thousands of members it takes seconds. */
const restFactor = 8;

/** A sweep as it goes on: where it stands, and what it has shown so far. */
export function useSweep(folder: Ref<string | null>) {
  const status = shallowRef<SweepStatus | null>(null);
  const table = shallowRef<SweepTable | null>(null);
  /** That it still takes; null: not known. */
  const etaSeconds = ref<number | null>(null);
  const waitMs = ref(everyMs);

  const looking = useCall((client, options, of: string) => lookAtSweep(client, of, options));
  const tabling = useCall((client, options, of: string) => client.sweeps.table({ folder: of }, options));

  const again = useTimeoutFn(() => void look(), waitMs, { immediate: false });

  async function look(): Promise<void> {
    again.stop();
    const asked = folder.value;
    if (asked === null) return;
    const start = performance.now();
    const answer = await looking.run(asked);
    if (answer === null || folder.value !== asked) return;
    status.value = answer.status;
    etaSeconds.value = answer.etaSeconds;
    await tabled(asked);
    if (folder.value !== asked || !isAtWork(answer.status.state)) return;
    waitMs.value = Math.max(everyMs, restFactor * (performance.now() - start));
    again.start();
  }

  /** What the table was made of: it is made anew when another member has ended, or the sweep. */
  let basis = '';
  async function tabled(asked: string): Promise<void> {
    const { state, members } = status.value!;
    const { completed, failed, stoppedEarly } = countMembers(members);
    const next = `${asked} ${isAtWork(state)} ${completed} ${failed} ${stoppedEarly}`;
    if (basis === next && table.value !== null) return;
    const answer = await tabling.run(asked);
    if (answer === null || folder.value !== asked) return;
    table.value = answer;
    basis = next;
  }

  watch(
    folder,
    () => {
      status.value = null;
      etaSeconds.value = null;
      table.value = null;
      void look();
    },
    { immediate: true },
  );
  watch(engine.generation, (_now, before) => {
    if (before > 0) void look();
  });

  const counts = computed(() => (status.value === null ? null : countMembers(status.value.members)));
  return { status, table, counts, etaSeconds, looking, tabling, look };
}
