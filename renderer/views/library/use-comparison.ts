import { computed, shallowRef, watch, type Ref } from 'vue';
import { toErrorValue, type ErrorValue } from '../../../electron/contract/errors.ts';
import type { RunDetails } from '../../../electron/contract/run-details.ts';
import type { Role } from '../../../electron/contract/run.ts';
import type { RunResult } from '../../../electron/contract/result.ts';
import { palette } from '../../charts/palette.ts';
import { useCall } from '../../composables/use-call.ts';
import { termNames } from '../../run/term-names.ts';
import type { Lane } from '../run/curve-definitions.ts';
import { RunCurves } from '../../run/run-curves.ts';
import { distinctNames } from './run-names.ts';

export interface ComparedRun {
  folder: string;
  details: RunDetails;
  curves: RunCurves;
  /** null before the run is completed. */
  result: RunResult | null;
}

/** One that cannot be read: moved, deleted, damaged. */
export interface MissingRun {
  folder: string;
  error: ErrorValue;
}

/** A colour and a dash for each run; after eight runs both start over in another pairing. */
const dashes: Lane['dash'][] = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]];
const mostPoints = 20_000;

/** Several runs with everything that is laid beside one another. */
export function useComparison(folders: Ref<readonly string[]>, roleOf: (folder: string) => Role) {
  const runs = shallowRef<ComparedRun[]>([]);
  const missing = shallowRef<MissingRun[]>([]);
  const loading = useCall(async (client, options) => {
    const asked = folders.value;
    const settled = await Promise.allSettled(
      asked.map(async (folder): Promise<ComparedRun> => {
        const [details, metrics] = await Promise.all([
          client.runs.details({ folder }, options),
          client.runs.metrics({ folder, maxPoints: mostPoints }, options),
        ]);
        const result =
          details.summary.state === 'completed' ? await client.runs.result({ folder }, options) : null;
        const curves = new RunCurves();
        curves.load(metrics);
        return { folder, details, curves, result };
      }),
    );
    const found = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failed = settled.flatMap((one, i) =>
      one.status === 'rejected' ? [{ folder: asked[i]!, error: toErrorValue(one.reason) }] : [],
    );
    // Where there is none at all, the reason is the same for all or as good as any other.
    const [first] = settled;
    if (found.length === 0 && first?.status === 'rejected') throw first.reason;
    return { found, failed };
  });
  async function load(): Promise<void> {
    runs.value = [];
    missing.value = [];
    if (folders.value.length === 0) return;
    const answer = await loading.run();
    if (answer === null) return;
    runs.value = answer.found;
    missing.value = answer.failed;
  }
  watch(folders, load, { immediate: true });

  const styles = computed(() =>
    runs.value.map((_, i) => {
      const color = palette.value[i % palette.value.length]!;
      return { color, dash: dashes[(i + Math.floor(i / palette.value.length)) % dashes.length]! };
    }),
  );
  const names = computed(() => distinctNames(runs.value.map(({ details }) => details.summary)));
  const lanes = computed((): Lane[] =>
    runs.value.map(({ folder, details, curves }, i) => ({
      id: folder,
      name: names.value[i]!,
      ...styles.value[i]!,
      steps: curves.steps(roleOf(folder)),
      epochs: curves.epochs(roleOf(folder)),
      terms: roleOf(folder) === 'student' ? termNames(details.recipe) : [],
    })),
  );
  return { runs, missing, lanes, loading, load };
}
