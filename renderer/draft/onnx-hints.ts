import { computed, ref } from 'vue';
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
export const valueNames: Record<ValuesChoice, string> = {
  ...asStated,
  ...statisticsNames,
  pixels: 'From 0 to 255',
  own: 'Normalised by other statistics',
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
  /** Own statistics were chosen, which begin as others that have a name. */
  const isOwn = ref(false);
  const values = computed<ValuesChoice>({
    get: () => (isOwn.value && typeof hints().values === 'object' ? 'own' : choiceOf(hints().values)),
    set(next) {
      isOwn.value = next === 'own';
      if (next !== 'own') hints().values = next === stated ? null : structuredClone(known[next]);
      else if (hints().values === null || typeof hints().values === 'string')
        hints().values = structuredClone(namedStatistics.imagenet);
    },
  });
  return {
    values,
    channels: field('channels'),
    layout: field('layout'),
    gives: field('gives'),
  };
}
