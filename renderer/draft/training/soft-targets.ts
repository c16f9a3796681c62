import { largest } from '../../../electron/contract/extremes.ts';

/** softmax(logits / T); the largest logit is subtracted first, so that nothing overflows. */
export function softTargets(logits: readonly number[], temperature: number): number[] {
  const top = largest(logits);
  const powers = logits.map((logit) => Math.exp((logit - top) / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

export interface Bar {
  id: number;
  probability: number;
}

/** The `count` likeliest classes at temperature 1, with their probabilities at `temperature`, and what all others have together. */
export function topBars(
  logits: readonly number[],
  temperature: number,
  count: number,
): { bars: Bar[]; rest: number } {
  const probabilities = softTargets(logits, temperature);
  const order = logits.map((_, id) => id).sort((a, b) => logits[b]! - logits[a]! || a - b);
  const bars = order.slice(0, count).map((id) => ({ id, probability: probabilities[id]! }));
  return { bars, rest: Math.max(0, 1 - bars.reduce((sum, { probability }) => sum + probability, 0)) };
}

/** Entropy in bits: the prediction is spread over 2 to this power classes. */
export function entropyBits(probabilities: readonly number[]): number {
  return -probabilities.reduce((sum, p) => (p > 0 ? sum + p * Math.log2(p) : sum), 0);
}
