import type { SweepScore } from './sweep.ts';
import { isLoss } from './sweep.ts';
import type { SweepCost, SweepTable } from './sweep-table.ts';

/** What screens and report call the figures of a sweep. */

export const scoreNames: Record<SweepScore, string> = {
  accuracy: 'Accuracy',
  f1Macro: 'F1, macro',
  f1Weighted: 'F1, weighted',
  logLoss: 'Log loss',
};

export const costNames: Record<SweepCost, string> = {
  parameters: 'Parameters',
  bytes: 'Size of the weights',
  macs: 'Multiply-adds',
  latencyMs: 'Latency',
};

/** 'temperature 8, method DKD'; 'the base' where nothing is varied. */
export function settingText(values: Record<string, string>): string {
  const parts = Object.entries(values).map(([name, value]) => `${name} ${value}`);
  return parts.length === 0 ? 'the base' : parts.join(', ');
}

/** Which way the score goes that settings are chosen by. */
export const directionText = ({ score }: Pick<SweepTable, 'score'>): string =>
  isLoss(score) ? 'lower is better' : 'higher is better';

/** How settings are compared on the test images. */
export const testWords = {
  settings:
    'Settings, over other seeds and other images: by a test that takes both for random samples, and counts the spread of seeds (Dorfman, Berbaum and Metz; at least three seeds). Its p values are corrected for all pairs of settings, since the chosen one was chosen with these seeds.',
  students:
    'Students that were trained, over other images of this kind, silent about other seeds: by a sign-flip test of all seeds together, its p values corrected for the number of comparisons. Both corrections are Holm’s.',
  perSeed: 'Seed by seed: by McNemar’s exact test, from the images that only one of the two gets right.',
} as const;

/** How test images were used, in a sentence. */
export const testUse = ({ test, state }: Pick<SweepTable, 'test' | 'state'>): string =>
  test !== null
    ? 'Settings were chosen by the held-out images. Test images were looked at once, at the end, for the chosen setting.'
    : state === 'completed'
      ? 'No run has completed, so the test images were not looked at.'
      : 'Settings are chosen by the held-out images. Test images are looked at once, when the sweep is completed, for the chosen setting.';

/** The value of an axis in every setting, as numbers; null where one of them is none. */
export function axisNumbers({ settings }: Pick<SweepTable, 'settings'>, axis: string): number[] | null {
  const numbers = settings.map(({ values }) => (values[axis] ? Number(values[axis]) : Number.NaN));
  return numbers.every((value) => Number.isFinite(value)) ? numbers : null;
}
