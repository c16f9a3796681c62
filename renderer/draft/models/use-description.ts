import { watchDebounced } from '@vueuse/core';
import { storeToRefs } from 'pinia';
import { computed, shallowRef } from 'vue';
import { type ModelRecipe, modelSchema } from '../../../electron/contract/recipe/model.ts';
import type { Latency } from '../../../electron/contract/result.ts';
import { useCall } from '../../composables/use-call.ts';
import { useDraft } from '../draft.ts';
import { useSettings } from '../../stores/settings.ts';
import { useDataset } from '../dataset.ts';
import { cloneOf } from '../draft-recipe.ts';

/** GTSRB's, until a dataset is chosen. */
const usualClasses = 43;

/** What several networks cost on the draft's data, in their order; asked again when something changes, once it has settled. */
export function useDescriptions(models: () => readonly ModelRecipe[], batchSize: () => number) {
  const { recipe } = storeToRefs(useDraft());
  const dataset = useDataset();
  const settings = useSettings();
  const call = useCall((client, options, inputs: Parameters<typeof client.models.describe>[0][]) =>
    Promise.all(inputs.map((input) => client.models.describe(input, options))),
  );
  const input = computed(() => {
    const parsed = models().map((model) => modelSchema.safeParse(cloneOf(model)));
    const { size } = recipe.value.data.image;
    if (parsed.length === 0) return null;
    if (!Number.isInteger(size) || size < 8 || size > 512 || parsed.some(({ success }) => !success))
      return null;
    const batch = Number.isInteger(batchSize()) ? Math.min(4096, Math.max(2, batchSize())) : 64;
    return JSON.stringify(
      parsed.map(({ data: model }) => ({
        model,
        size,
        batchSize: batch,
        classes: Math.max(2, dataset.report?.classes.length ?? usualClasses),
        ...(settings.settings && { runtime: settings.settings.runtime }),
      })),
    );
  });
  const ask = () => {
    if (input.value !== null) void call.run(JSON.parse(input.value) as Parameters<typeof call.run>[0]);
  };
  watchDebounced(input, ask, { debounce: 250, immediate: true });
  return { ...call, ask };
}

/**
 * How long an image takes through each network on this machine, as it was measured; null before, and while a run is at work. Only
 * for a few networks: they are made for it.
 */
export function useLatencies(models: () => readonly ModelRecipe[]) {
  const { recipe } = storeToRefs(useDraft());
  const dataset = useDataset();
  const settings = useSettings();
  const call = useCall((client, options, input: Parameters<typeof client.models.latency>[0]) =>
    client.models.latency(input, options),
  );
  const input = computed(() => {
    const parsed = models().map((model) => modelSchema.safeParse(cloneOf(model)));
    const { size } = recipe.value.data.image;
    if (parsed.length === 0 || !Number.isInteger(size) || size < 8 || size > 512) return null;
    if (parsed.some(({ success }) => !success)) return null;
    return JSON.stringify({
      models: parsed.map(({ data: model }) => model),
      classes: Math.max(2, dataset.report?.classes.length ?? usualClasses),
      size,
      ...(settings.settings && { runtime: settings.settings.runtime }),
    });
  });
  const measured = shallowRef<{ input: string; latencies: readonly Latency[] } | null>(null);
  const ask = async () => {
    const asked = input.value;
    if (asked === null) return;
    const latencies = await call.run(JSON.parse(asked) as Parameters<typeof call.run>[0]);
    if (latencies) measured.value = { input: asked, latencies };
  };
  watchDebounced(input, () => void ask(), { debounce: 500, immediate: true });
  return computed(() => (measured.value?.input === input.value ? measured.value.latencies : null));
}

/** What one network costs; null: none is asked for. */
export function useDescription(model: () => ModelRecipe | null, batchSize: () => number) {
  const models = () => [model()].filter((one) => one !== null);
  const { data, error, pending, ask } = useDescriptions(models, batchSize);
  return { data: computed(() => data.value?.[0] ?? null), error, pending, ask };
}
