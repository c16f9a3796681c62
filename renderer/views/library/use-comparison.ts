import { computed, shallowRef, watch, type Ref } from 'vue';
import type { RunDetails } from '../../../electron/contract/library.ts';
import type { Role, RunResult } from '../../../electron/contract/result.ts';
import { palette } from '../../charts/palette.ts';
import { useCall } from '../../composables/use-call.ts';
import type { Lane } from '../run/curve-definitions.ts';
import { RunCurves } from '../run/run-curves.ts';

export interface ComparedRun {
  folder: string;
  details: RunDetails;
  curves: RunCurves;
  /** null before the run is completed. */
  result: RunResult | null;
}

/** A colour and a dash for each run; after eight runs both begin anew in another pairing. */
const dashes: Lane['dash'][] = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]];
const mostPoints = 20_000;

/** Several runs with everything that is laid beside one another. */
export function useComparison(folders: Ref<readonly string[]>, role: Ref<Role>) {
  const runs = shallowRef<ComparedRun[]>([]);
  const loading = useCall((client, options) =>
    Promise.all(
      folders.value.map(async (folder): Promise<ComparedRun> => {
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
    ),
  );
  async function load(): Promise<void> {
    runs.value = [];
    if (folders.value.length > 0) runs.value = (await loading.run()) ?? [];
  }
  watch(folders, load, { immediate: true });

  const styles = computed(() =>
    runs.value.map((_, i) => {
      const color = palette.value[i % palette.value.length]!;
      return { color, dash: dashes[(i + Math.floor(i / palette.value.length)) % dashes.length]! };
    }),
  );
  const lanes = computed((): Lane[] =>
    runs.value.map(({ folder, details, curves }, i) => ({
      id: folder,
      name: details.summary.name,
      ...styles.value[i]!,
      steps: curves.steps(role.value),
      epochs: curves.epochs(role.value),
    })),
  );
  return { runs, lanes, loading, load };
}
