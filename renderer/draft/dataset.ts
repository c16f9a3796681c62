import { watchDebounced } from '@vueuse/core';
import { defineStore, storeToRefs } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { imagesPerEpoch } from '../../electron/contract/batch-layout.ts';
import { divisionFindings } from '../../electron/contract/division-findings.ts';
import { leaksOf } from '../../electron/contract/leaks.ts';
import { recipeSchema } from '../../electron/contract/recipe.ts';
import { dataSchema } from '../../electron/contract/recipe/data.ts';
import { ownReading, type ReadingRecipe } from '../../electron/contract/recipe/reading.ts';
import { useCall } from '../composables/use-call.ts';
import { useDraft } from './draft.ts';
import { useSettings } from '../stores/settings.ts';
import { cloneOf } from './draft-recipe.ts';
import { isSized, isUntouched, nameFor, type Preset, proposedName, withPreset } from './proposal.ts';
import { useSizing } from './sizing.ts';

/** The draft's dataset: what the import found and how the recipe divides it. Goes on while other steps are shown. */
export const useDataset = defineStore('wizard-dataset', () => {
  const draft = useDraft();
  const { recipe, mayPropose, opening } = storeToRefs(draft);
  const settings = useSettings();

  const inspection = useCall(
    (client, options, path: string, classNames: string | null, reading: ReadingRecipe) =>
      client.dataset.inspect({ path, classNames, reading }, options),
  );
  /** What `inspection` was of. */
  const inspected = ref('');
  const wanted = computed(() => {
    const { path, classNames, reading } = recipe.value.data;
    return JSON.stringify([path, classNames, reading]);
  });
  const report = computed(() => (inspected.value === wanted.value ? inspection.data.value : null));
  /** Reading it was cancelled: there is neither a report nor an error. */
  const isUnread = computed(
    () =>
      recipe.value.data.path !== null &&
      inspected.value === wanted.value &&
      !inspection.pending.value &&
      inspection.data.value === null &&
      inspection.error.value === null,
  );
  const presets = shallowRef<readonly Preset[]>([]);
  const presetsCall = useCall((client) => client.recipes.presets({}));
  /** The preset that was chosen for a dataset without being asked; null: none was, or it was taken back. */
  const proposed = shallowRef<Preset | null>(null);

  const split = useCall((client, options, input: Parameters<typeof client.dataset.split>[0]) =>
    client.dataset.split(input, options),
  );

  async function loadPresets(): Promise<readonly Preset[]> {
    if (presets.value.length === 0) presets.value = (await presetsCall.run()) ?? [];
    return presets.value;
  }

  async function inspect(): Promise<void> {
    const key = wanted.value;
    const { path, classNames, reading } = cloneOf(recipe.value).data;
    inspection.cancel();
    if (path === null) return;
    inspection.data.value = null;
    split.data.value = null;
    proposed.value = null;
    inspected.value = key;
    const found = await inspection.run(path, classNames, reading);
    if (!found) return;
    void settings.save({ opened: { kind: 'dataset', path } }).catch(() => undefined);
    const known = await loadPresets();
    if (wanted.value !== key || !mayPropose.value) return;
    const ownLengths = !sizing.isSuggested('teacher') || !sizing.isSuggested('student');
    if (!isUntouched(recipe.value, known, ownLengths)) return;
    const preset = known.find(({ name }) => name === proposedName(found));
    if (!preset) return;
    const heldOut = recipe.value.data.split;
    recipe.value = withPreset(recipe.value, preset.recipe);
    // A preset for one dataset may hold nothing out; with an unknown one validation is worth its images.
    recipe.value.data.split = heldOut;
    if (isSized(preset.name)) sizing.begin();
    proposed.value = preset;
  }
  watchDebounced(
    wanted,
    (now) => {
      if (now !== inspected.value) void inspect();
    },
    { debounce: 400, immediate: true },
  );
  // A draft is called after its dataset as long as nobody has named it.
  watch(
    () => [recipe.value, recipe.value.data.path] as const,
    ([now, path], [before, last]) => {
      if (now === before && now.name === nameFor(last)) now.name = nameFor(path);
    },
    { flush: 'sync' },
  );
  let openingBefore = draft.opening;
  watch(
    () => draft.opening,
    (now) => (openingBefore = now),
    { flush: 'post' },
  );
  watch(
    () => recipe.value.data.path,
    (path, before) => {
      // What was assigned to one dataset's folders and columns does not apply to another's; another draft brings its own.
      if (before !== null && draft.opening === openingBefore) recipe.value.data.reading = cloneOf(ownReading);
      if (path === null) {
        inspection.cancel();
        inspection.data.value = null;
        inspection.error.value = null;
        inspected.value = '';
        proposed.value = null;
      }
    },
  );

  /** The class whose images and tracks are looked at. */
  const classId = ref(0);
  const splitInput = computed(() => {
    const { data, teacher, seed } = recipe.value;
    if (!report.value || data.path === null || !Number.isInteger(seed)) return null;
    const parsed = dataSchema.safeParse(cloneOf(data));
    if (!parsed.success) return null;
    // Only what the division depends on, so that a slider of the augmentation asks nothing.
    const { trainClasses, split, testFraction, classNames, reading, dropLeaks } = parsed.data;
    const chosen = classId.value < report.value.classes.length ? classId.value : 0;
    return JSON.stringify({
      path: data.path,
      data: { trainClasses, split, testFraction, classNames, reading, dropLeaks },
      teacherClasses: teacher.source === 'train' ? cloneOf(teacher.trainClasses) : null,
      seed,
      classId: chosen,
    });
  });
  watchDebounced(
    splitInput,
    (input) => {
      if (input !== null) void split.run(JSON.parse(input) as Parameters<typeof split.run>[0]);
    },
    { debounce: 250, immediate: true },
  );
  const unlabelled = useCall((client, options, input: Parameters<typeof client.dataset.unlabelled>[0]) =>
    client.dataset.unlabelled(input, options),
  );
  const unlabelledInput = computed(() => {
    const { path, classNames, reading, unlabelled } = recipe.value.data;
    if (!report.value || path === null || unlabelled === null) return null;
    return JSON.stringify({ path, classNames, reading, unlabelled: unlabelled.paths });
  });
  watchDebounced(
    unlabelledInput,
    (input) => {
      unlabelled.cancel();
      unlabelled.data.value = null;
      unlabelled.error.value = null;
      if (input !== null) void unlabelled.run(JSON.parse(input) as Parameters<typeof unlabelled.run>[0]);
    },
    { debounce: 250, immediate: true },
  );
  const division = computed(() => (report.value ? split.data.value : null));
  /** Pictures that training shares with another part, as far as is known. */
  const leaks = computed(() => {
    if (!report.value) return [];
    return division.value ? leaksOf(report.value, division.value) : report.value.leaks;
  });
  /** What the other steps compute with; null: not known yet. */
  const facts = computed(() =>
    report.value && division.value
      ? {
          classes: report.value.classes.length,
          ...division.value.totals,
          teacher: division.value.teacher,
          unlabelled: unlabelled.data.value?.images ?? 0,
        }
      : null,
  );
  const sizing = useSizing(
    recipe,
    computed(
      () =>
        facts.value && {
          student: imagesPerEpoch(recipe.value, {
            labelled: facts.value.train,
            unlabelled: facts.value.unlabelled,
          }),
          teacher: facts.value.teacher.train,
        },
    ),
    opening,
  );
  /** What the division and the trainings let expect; nothing as long as the recipe is wrong. */
  const findings = computed(() => {
    const parsed = recipeSchema.safeParse(cloneOf(recipe.value));
    if (!division.value || !parsed.success) return [];
    const { classes, teacher } = division.value;
    const unlabelledImages = unlabelled.data.value?.images ?? 0;
    return divisionFindings({ recipe: parsed.data, classes, teacherImages: teacher.train, unlabelledImages });
  });

  return {
    inspection,
    report,
    isUnread,
    inspect,
    presets,
    loadPresets,
    proposed,
    classId,
    split,
    unlabelled,
    division,
    leaks,
    facts,
    findings,
    sizing,
  };
});
