import { computed, ref, watch, type Ref } from 'vue';
import type { Exported } from '../../../electron/contract/export-outcome.ts';
import { defaultExports, type ExportFormat, exportFormats } from '../../../electron/contract/exports.ts';
import type { RunDetails } from '../../../electron/contract/run-details.ts';
import { imageOf } from '../../../electron/contract/role-image.ts';
import type { Role } from '../../../electron/contract/run.ts';
import { useCall } from '../../composables/use-call.ts';
import { descriptorOf } from '../../export-formats.ts';
import type { NetworkBytes } from './estimated-bytes.ts';
import { rolesInOrder, withNewRows } from './rows.ts';
import { usualSettings } from './settings.ts';

/** What a run can give away, what is asked for, and what was made. */
export function useExport(folder: Ref<string>) {
  const chosen = ref<ExportFormat[]>([...defaultExports]);
  const roles = ref<Role[]>(['student']);
  const settings = ref(usualSettings());
  const out = ref<string | null>(null);

  const details = useCall((client, options, run: string) => client.runs.details({ folder: run }, options));
  const result = useCall((client, options, run: string) => client.runs.result({ folder: run }, options));
  /** What the student takes where it runs, before anything is written. */
  const description = useCall((client, options, { recipe, dataset }: RunDetails) =>
    client.models.describe(
      {
        model: recipe.student.model,
        size: imageOf(recipe, 'student').size,
        ...(dataset && { classes: dataset.classes.length }),
      },
      options,
    ),
  );
  /** Whether its evaluation corrected biases for classes that the student never saw. */
  const hasUnseen = computed(() => result.data.value?.unseen !== undefined);
  const exporting = useCall((client, options, formats: ExportFormat[]) =>
    client.runs.export(
      {
        ...settings.value,
        correctBiases: settings.value.correctBiases && hasUnseen.value,
        folder: folder.value,
        formats,
        out: out.value,
        roles: roles.value.length > 0 ? roles.value : null,
      },
      options,
    ),
  );
  const exported = computed<Exported | null>(() => exporting.data.value);

  watch(
    folder,
    async (run) => {
      exporting.cancel();
      [exporting.data.value, result.data.value, description.data.value] = [null, null, null];
      roles.value = ['student'];
      if (run === '') return;
      const found = await details.run(run);
      if (found) void description.run(found);
      if (found?.summary.state === 'completed') await result.run(run);
    },
    { immediate: true },
  );

  /** A run that failed after its student was trained has weights, but nothing that needs an evaluation. */
  const available = computed((): readonly ExportFormat[] => {
    const summary = details.data.value?.summary;
    if (summary?.state === 'completed') return exportFormats;
    return summary?.state === 'failed' && summary.studentBytes !== null
      ? exportFormats.filter((format) => descriptorOf(format).of === 'network')
      : [];
  });
  const wanted = computed(() => chosen.value.filter((format) => available.value.includes(format)));
  /** Networks that the run has. */
  const networks = computed((): Role[] => {
    const models = result.data.value?.models;
    return models ? rolesInOrder.filter((role) => models[role] !== null) : ['student'];
  });
  const accuracy = computed((): Partial<Record<Role, number>> => {
    const models = result.data.value?.models;
    return models
      ? Object.fromEntries(networks.value.map((role) => [role, models[role]!.test.accuracy]))
      : {};
  });
  const rows = computed(() => withNewRows(result.data.value?.exports ?? [], exported.value?.rows ?? []));

  const footprint = computed(() => description.data.value?.footprint ?? null);
  const student = computed((): NetworkBytes | null => {
    const float = details.data.value?.summary.studentBytes ?? null;
    return float === null ? null : { float, int8: footprint.value?.int8.flashBytes ?? null };
  });
  const classes = computed(
    () => result.data.value?.classes.length ?? details.data.value?.dataset?.classes.length ?? 0,
  );
  const isReady = computed(
    () =>
      wanted.value.length > 0 &&
      (roles.value.length > 0 || wanted.value.every((format) => descriptorOf(format).of === 'run')),
  );
  /** What was checked stands in the run's result from then on. */
  async function run(): Promise<void> {
    const done = await exporting.run(wanted.value);
    if (done && result.data.value) await result.run(folder.value);
  }

  return {
    ...{ student, footprint, classes, isReady, run },
    ...{ chosen, roles, settings, out },
    ...{ details, result, exporting, exported, available, wanted, networks, accuracy, rows, hasUnseen },
  };
}
