import type { Latency, ModelResult } from './result.ts';

/** The latency of a model in a run's result; results of earlier versions have no spread. */
export const latencyOf = ({
  latencyMs,
  latencyRange,
}: Pick<ModelResult, 'latencyMs' | 'latencyRange'>): Latency => ({
  ms: latencyMs,
  low: latencyRange?.[0] ?? latencyMs,
  high: latencyRange?.[1] ?? latencyMs,
});

type Timed = Pick<ModelResult, 'architecture' | 'parameters' | 'macs' | 'latencyMs' | 'latencyRange'>;

/**
 * In words, why neither of two models can be called the faster; null where one can. Equal networks are equally fast, whatever the
 * machine did while each was measured; others differ only by more than either of them is spread.
 */
export function whyAsFast(one: Timed, other: Timed): string | null {
  const { architecture, parameters, macs } = one;
  if (architecture === other.architecture && parameters === other.parameters && macs === other.macs)
    return 'the same network';
  const [a, b] = [latencyOf(one), latencyOf(other)];
  return Math.abs(a.ms - b.ms) <= Math.max(a.high - a.low, b.high - b.low) ? 'about the same' : null;
}
