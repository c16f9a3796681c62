import { watchDebounced } from '@vueuse/core';
import { storeToRefs } from 'pinia';
import { computed, shallowRef } from 'vue';
import { imageSchema } from '../../../electron/contract/recipe/image.ts';
import { type ModelRecipe, modelSchema } from '../../../electron/contract/recipe/model.ts';
import type { Role } from '../../../electron/contract/roles.ts';
import { imageOf } from '../../../electron/contract/role-image.ts';
import type { Latency } from '../../../electron/contract/result.ts';
import { useCall } from '../../composables/use-call.ts';
import { useDraft } from '../draft.ts';
import { useSettings } from '../../stores/settings.ts';
import { useDataset } from '../dataset.ts';
import { cloneOf } from '../draft-recipe.ts';

/** GTSRB's, until a dataset is chosen. */
const usualClasses = 43;

/** A network for a role of the draft, whose images it gets. */
export interface RoleNetwork {
  role: Role;
  model: ModelRecipe;
}

/** What both figures are asked for with; null: a network or the size of its images is not filled in. */
function useNetworks(networks: () => readonly RoleNetwork[]) {
  const { recipe } = storeToRefs(useDraft());
  const dataset = useDataset();
  const settings = useSettings();
  return () => {
    const sized = networks().flatMap(({ role, model: drafted }) => {
      const { data: model } = modelSchema.safeParse(cloneOf(drafted));
      const { data: size } = imageSchema.shape.size.safeParse(imageOf(recipe.value, role).size);
      return model && size ? [{ model, size }] : [];
    });
    if (sized.length === 0 || sized.length < networks().length) return null;
    return {
      sized,
      classes: Math.max(2, dataset.report?.classes.length ?? usualClasses),
      ...(settings.settings && { runtime: settings.settings.runtime }),
    };
  };
}

/** What several networks cost on the draft's data, in their order; asked again when something changes, once it has settled. */
export function useDescriptions(networks: () => readonly RoleNetwork[], batchSize: () => number) {
  const asked = useNetworks(networks);
  const call = useCall((client, options, inputs: Parameters<typeof client.models.describe>[0][]) =>
    Promise.all(inputs.map((input) => client.models.describe(input, options))),
  );
  const input = computed(() => {
    const found = asked();
    if (found === null) return null;
    const { sized, ...rest } = found;
    const batch = Number.isInteger(batchSize()) ? Math.min(4096, Math.max(2, batchSize())) : 64;
    return JSON.stringify(sized.map((network) => ({ ...network, batchSize: batch, ...rest })));
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
export function useLatencies(networks: () => readonly RoleNetwork[]) {
  const asked = useNetworks(networks);
  const call = useCall((client, options, input: Parameters<typeof client.models.latency>[0]) =>
    client.models.latency(input, options),
  );
  const input = computed(() => {
    const found = asked();
    if (found === null) return null;
    const { sized, ...rest } = found;
    return JSON.stringify({ networks: sized, ...rest });
  });
  const measured = shallowRef<{ input: string; latencies: readonly Latency[] } | null>(null);
  const ask = async () => {
    const current = input.value;
    if (current === null) return;
    const latencies = await call.run(JSON.parse(current) as Parameters<typeof call.run>[0]);
    if (latencies) measured.value = { input: current, latencies };
  };
  watchDebounced(input, () => void ask(), { debounce: 500, immediate: true });
  return computed(() => (measured.value?.input === input.value ? measured.value.latencies : null));
}

/** What one network costs. */
export function useDescription(network: () => RoleNetwork, batchSize: () => number) {
  const { data, error, pending, ask } = useDescriptions(() => [network()], batchSize);
  return { data: computed(() => data.value?.[0] ?? null), error, pending, ask };
}
