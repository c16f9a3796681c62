import { largest, smallest } from '../../contract/extremes.ts';
import {
  halfStatistics,
  imagenetStatistics,
  type Statistics,
  unitStatistics,
} from '../../contract/recipe/statistics.ts';
import { agreement } from './comparison.ts';
import type { Predictions } from './predictions.ts';

/** Mistakes in an exported file that its predictions reveal. All predictions are for the same few images. */

/** Statistics that networks are often trained with; the first are those of pixels that are not normalised. */
const commonStatistics: readonly Statistics[] = [unitStatistics, halfStatistics, imagenetStatistics];

export interface SlipOptions {
  exported: Predictions;
  own: Predictions;
  /** The file's predictions for the images with red and blue swapped. */
  swapped: () => Promise<Predictions>;
  /** What the network itself is normalised with, and its predictions with other statistics. */
  statistics: Statistics;
  ownWith: (statistics: Statistics) => Promise<Predictions>;
  /** The names of the classes. */
  names: readonly string[];
}

function meanDifference(one: Predictions, other: Predictions): number {
  const { probabilities } = one;
  const sum = probabilities.reduce((all, p, i) => all + Math.abs(p - other.probabilities[i]!), 0);
  return sum / probabilities.length;
}

/** Whether the predictions are those of one network under a hypothesis, within its precision. */
const explains = (one: Predictions, other: Predictions, difference: number): boolean =>
  agreement(one, other) >= 0.95 && meanDifference(one, other) < difference / 4;

/** A class that is less probable in every image is left out of the comparison. */
const leastProbability = 0.01;

/** Which column of the file is most like each column of the network; null where it is one of several. */
function likestColumns({ exported, own }: Pick<SlipOptions, 'exported' | 'own'>): Map<number, number> | null {
  const { classes, n } = own;
  const column = ({ probabilities }: Predictions, c: number) =>
    Array.from({ length: n }, (_, i) => probabilities[i * classes + c]!);
  const theirs = Array.from({ length: classes }, (_, c) => column(exported, c));
  const places = new Map<number, number>();
  for (let c = 0; c < classes; c++) {
    const mine = column(own, c);
    if (largest(mine) < leastProbability) continue;
    const distances = theirs.map((one) => one.reduce((sum, p, i) => sum + Math.abs(p - mine[i]!), 0));
    places.set(c, distances.indexOf(smallest(distances)));
  }
  return new Set(places.values()).size === places.size ? places : null;
}

/** The file's predictions with its columns in the network's order; columns without a place are left out. */
function reordered(predictions: Predictions, places: ReadonlyMap<number, number>): Predictions {
  const { classes, n } = predictions;
  const probabilities = new Float32Array(n * classes);
  for (let i = 0; i < n; i++)
    for (const [c, place] of places)
      probabilities[i * classes + c] = predictions.probabilities[i * classes + place]!;
  return { ...predictions, probabilities };
}

function otherOrder(options: SlipOptions, difference: number): string | null {
  const places = likestColumns(options);
  const moved = places && [...places].find(([c, place]) => c !== place);
  if (!moved) return null;
  const own = reordered(options.own, new Map([...places.keys()].map((c) => [c, c])));
  if (!explains(reordered(options.exported, places), own, difference)) return null;
  const [c, place] = moved;
  return `Its outputs are in another order: where it predicts “${options.names[place]!}”, the network predicts “${options.names[c]!}”.`;
}

const list = (values: readonly number[]): string => values.join(' ');

/** The slip that explains why a file predicts otherwise than its network, in a sentence; null where no known one does. */
export async function findSlip(options: SlipOptions): Promise<string | null> {
  const { exported, own, statistics } = options;
  const difference = meanDifference(exported, own);
  const order = otherOrder(options, difference);
  if (order !== null) return order;
  if (explains(await options.swapped(), own, difference)) return 'Its channels are swapped: red and blue.';
  for (const other of commonStatistics) {
    if (list([...other.mean, ...other.std]) === list([...statistics.mean, ...statistics.std])) continue;
    if (explains(exported, await options.ownWith(other), difference))
      return `Its images are normalised by mean ${list(other.mean)} and std ${list(other.std)} instead of mean ${list(statistics.mean)} and std ${list(statistics.std)}.`;
  }
  return null;
}
