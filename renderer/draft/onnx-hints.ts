import { computed } from 'vue';
import type { NetworkHints } from '../../electron/contract/recipe/network-hints.ts';
import { namedStatistics, type StatisticsName, statisticsNames } from './statistics.ts';

/** Stands for null, which the recipe has where the file states it. */
const stated = 'stated';
const asStated = { [stated]: 'As the file states' } as const;

export const channelChoices = { ...asStated, RGB: 'Red first', BGR: 'Blue first (OpenCV)' };
export const layoutChoices = {
  ...asStated,
  NCHW: 'Channels first (PyTorch)',
  NHWC: 'Channels last (TensorFlow)',
};
export const outputChoices = { ...asStated, logits: 'Logits', probabilities: 'Probabilities' };

type Values = NetworkHints['values'];
/** What is not normalised has a word in the recipe. */
type Named = 'pixels' | StatisticsName;
export type ValuesChoice = Named | 'own' | typeof stated;

const known: Record<Named, NonNullable<Values>> = {
  ...namedStatistics,
  unit: 'unit',
  pixels: 'pixels',
};
const names: Record<ValuesChoice, string> = {
  ...asStated,
  ...statisticsNames,
  pixels: 'From 0 to 255',
  own: 'Normalised as in the recipe',
};

/** Which choice stands for values of the recipe; 'own': statistics that have no name here. */
export function choiceOf(values: Values): ValuesChoice {
  if (values === null) return stated;
  const text = JSON.stringify(values);
  return (Object.keys(known) as Named[]).find((name) => JSON.stringify(known[name]) === text) ?? 'own';
}

/** The hints of an ONNX teacher as choices. */
export function useOnnxHints(hints: () => NetworkHints) {
  const field = <Name extends 'channels' | 'layout' | 'gives'>(name: Name) =>
    computed<NonNullable<NetworkHints[Name]> | typeof stated>({
      get: () => hints()[name] ?? stated,
      set: (next) => (hints()[name] = (next === stated ? null : next) as NetworkHints[Name]),
    });
  const values = computed<ValuesChoice>({
    get: () => choiceOf(hints().values),
    set(next) {
      if (next !== 'own') hints().values = next === stated ? null : structuredClone(known[next]);
    },
  });
  /** Statistics of one's own are set in the recipe, and kept while they are chosen. */
  const valueChoices = computed(() => {
    const shown = Object.entries(names).filter(([choice]) => choice !== 'own' || values.value === 'own');
    return Object.fromEntries(shown) as Record<ValuesChoice, string>;
  });
  return {
    values,
    valueChoices,
    channels: field('channels'),
    layout: field('layout'),
    gives: field('gives'),
  };
}
