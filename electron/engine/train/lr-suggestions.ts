import { largest } from '../../contract/extremes.ts';

/** Suggestions for the learning rate from a finder's curve; fastai's of the same names. */
export interface Suggestions {
  /** Within the longest stretch of falling losses: a good first choice. */
  valley: number;
  /** Where the loss falls fastest. */
  steep: number;
  /** A tenth of the rate with the lowest loss. */
  minimum: number;
}

function lowest(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value < values[best]! ? i : best), 0);
}

/**
 * The longest decreasing subsequence of the losses ends at some place; as many steps before it the valley is taken to
 * begin. The suggestion lies about half-way down.
 */
function valley(losses: readonly number[]): number {
  const lengths: number[] = [];
  let end = 0;
  for (const [i, loss] of losses.entries()) {
    const before = losses.slice(0, i).map((earlier, j) => (loss < earlier ? lengths[j]! : 0));
    lengths.push(1 + largest(before, 0));
    if (lengths[i]! > lengths[end]!) end = i;
  }
  const start = lengths[end] === 1 ? end : end - lengths[end]!;
  const third = (end - start) / 3;
  return Math.max(0, start + Math.trunc(third) + Math.trunc(third / 2));
}

function steep(rates: readonly number[], losses: readonly number[]): number {
  const slopes = losses.slice(1).map((loss, i) => (loss - losses[i]!) / Math.log(rates[i + 1]! / rates[i]!));
  return lowest(slopes);
}

/** Rates ascending, one loss each; at least two. */
export function suggestRates(rates: readonly number[], losses: readonly number[]): Suggestions {
  return {
    valley: rates[valley(losses)]!,
    steep: rates[steep(rates, losses)]!,
    minimum: rates[lowest(losses)]! / 10,
  };
}
