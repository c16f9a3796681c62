import type { LabelledImages } from '../../data/labelled-images.ts';
import { type Predictions, select } from '../../evaluate/predictions.ts';

/** Images by which operators are compared: each operator is one more pass over them. */
const mostProbed = 256;

export interface Control<Scores> {
  /** In the order of the graph. */
  operators: readonly string[];
  /** The predictions of the network in float for the held images. */
  reference: Predictions;
  /** With no operator in float. */
  all: Scores;
  isEnough: (scores: Scores) => boolean;
  held: LabelledImages;
  /** The predictions of the network with these operators in float. */
  predict: (float: ReadonlySet<string>, images: LabelledImages) => Promise<Predictions>;
  scoresOf: (predictions: Predictions) => Scores;
}

/** Mean over the images of sum of p ln(p / q), q clipped to 1e-12. */
export function divergence(reference: Predictions, other: Predictions): number {
  const total = reference.probabilities.reduce((sum, p, i) => {
    const q = Math.max(other.probabilities[i]!, 1e-12);
    return p > 0 ? sum + p * Math.log(p / q) : sum;
  }, 0);
  return total / reference.n;
}

/** The first `n` of the images. */
const firstOf = (images: LabelledImages, n: number): LabelledImages => ({
  ...images,
  n,
  keys: images.keys.slice(0, n),
  labels: images.labels.slice(0, n),
});

/** Operators by what each loses where it alone is in int8, the greatest loss first. */
async function bySensitivity<Scores>({
  operators,
  reference,
  held,
  predict,
}: Control<Scores>): Promise<string[]> {
  const n = Math.min(mostProbed, held.n);
  const images = firstOf(held, n);
  const expected = select(
    reference,
    Array.from({ length: n }, (_, i) => i),
  );
  const losses = new Map<string, number>();
  for (const operator of operators) {
    const float = new Set(operators.filter((one) => one !== operator));
    losses.set(operator, divergence(expected, await predict(float, images)));
  }
  return operators.toSorted((a, b) => losses.get(b)! - losses.get(a)!);
}

/**
 * As few operators in float as are enough: those that lose most, their number found by halving. This assumes that one more
 * operator in float never loses more. All in float is always enough.
 */
export async function leastFloat<Scores>(
  control: Control<Scores>,
): Promise<{ float: readonly string[]; scores: Scores }> {
  const { operators, all, isEnough, held, predict, scoresOf, reference } = control;
  if (isEnough(all)) return { float: [], scores: all };
  const ordered = await bySensitivity(control);
  let [tooFew, enough] = [0, ordered.length];
  let scores = scoresOf(reference);
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    const tried = scoresOf(await predict(new Set(ordered.slice(0, middle)), held));
    if (isEnough(tried)) [enough, scores] = [middle, tried];
    else tooFew = middle;
  }
  const float = new Set(ordered.slice(0, enough));
  return { float: operators.filter((name) => float.has(name)), scores };
}
