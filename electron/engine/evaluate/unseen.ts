import { DistillError } from '../../contract/errors.ts';
import type { Role } from '../../contract/run.ts';
import type {
  ExpectedShares,
  UnseenAccuracies,
  UnseenEvaluation,
  UnseenModel,
} from '../../contract/unseen.ts';
import { random } from '../numbers/random.ts';
import { matchingBiases, meanProbabilities, type Probabilities, withBiases } from './bias-correction.ts';
import { type Predictions, predictedClasses, select } from './predictions.ts';

type Models<P> = ReadonlyMap<Role, P>;

export interface UnseenInput {
  /** Of the same test images, row by row. */
  models: Models<Predictions>;
  /** Of each class of the vocabulary: whether the student was trained on it. */
  seen: readonly boolean[];
  expected: ExpectedShares;
  /** The same models on images without labels, none of which is a test image; null: there are none. */
  unlabelled: Models<Probabilities> | null;
}

const share = (hits: number, n: number): number => (n === 0 ? NaN : hits / n);

function accuracies(predicted: Int32Array, labels: Int32Array, seen: readonly boolean[]): UnseenAccuracies {
  const count = { seen: 0, unseen: 0 };
  const hits = { seen: 0, unseen: 0 };
  labels.forEach((label, row) => {
    const part = seen[label]! ? 'seen' : 'unseen';
    count[part]++;
    if (predicted[row] === label) hits[part]++;
  });
  const [known, unknown] = [share(hits.seen, count.seen), share(hits.unseen, count.unseen)];
  return {
    seen: known,
    unseen: unknown,
    all: share(hits.seen + hits.unseen, labels.length),
    harmonicMean: known + unknown === 0 ? 0 : (2 * known * unknown) / (known + unknown),
  };
}

/** Accuracy on the images of unseen classes, of which alone one may be predicted. */
function accuracyAmongUnseen(predictions: Predictions, seen: readonly boolean[]): number {
  const { classes, labels } = predictions;
  const rows = [...labels.keys()].filter((row) => !seen[labels[row]!]);
  const only = select(predictions, rows);
  const among = Float32Array.from(only.probabilities, (p, i) => (seen[i % classes] ? -1 : p));
  const predicted = predictedClasses({ ...only, probabilities: among });
  return share(predicted.filter((id, i) => id === only.labels[i]).length, rows.length);
}

/** Rows of the two halves, drawn once and for all: of the same test images always the same. */
function halvesOf(n: number): [number[], number[]] {
  const order = random(0, 'halves of the test images').shuffled([...Array(n).keys()]);
  const half = order.slice(0, Math.ceil(n / 2));
  const chosen = new Set(half);
  return [half, order.filter((row) => !chosen.has(row))];
}

/** A teacher's shares of the classes that it knows; of the others the model's own are left. */
function partlyKnown(teacher: Float64Array, known: readonly number[], own: Float64Array): Float64Array {
  const isKnown = new Set(known);
  const room = known.reduce((sum, id) => sum + own[id]!, 0);
  return own.map((mean, id) => (isKnown.has(id) ? teacher[id]! * room : mean));
}

/** The biases for each image: where the reference is the test images, from the half that it is not in. */
function correctedClasses(
  role: Role,
  { models, unlabelled }: UnseenInput,
  sharesOf: (role: Role, of: Models<Probabilities>) => ArrayLike<number>,
): { predicted: Int32Array; biases: number[] } {
  const predictions = models.get(role)!;
  const fit = (of: Models<Probabilities>) => matchingBiases(of.get(role)!, sharesOf(role, of));
  if (unlabelled) {
    const biases = fit(unlabelled);
    return { predicted: predictedClasses(withBiases(predictions, biases)), biases };
  }
  const predicted = new Int32Array(predictions.n);
  const [one, other] = halvesOf(predictions.n);
  for (const [evaluated, reference] of [
    [one, other],
    [other, one],
  ] as const) {
    const biases = fit(new Map([...models].map(([name, all]) => [name, select(all, reference)])));
    const corrected = predictedClasses(withBiases(select(predictions, evaluated), biases));
    evaluated.forEach((row, i) => (predicted[row] = corrected[i]!));
  }
  return { predicted, biases: fit(models) };
}

/** @throws DistillError INVALID_INPUT where they do not fit the vocabulary. */
export function checkShares(expected: ExpectedShares, classes: number): void {
  if (typeof expected === 'string') return;
  const hint =
    'Give one number a class, in the order of the classes, such as how many images of it are expected.';
  if (expected.length !== classes)
    throw new DistillError(
      'INVALID_INPUT',
      `${expected.length} shares are stated for ${classes} classes.`,
      hint,
    );
  if (expected.every((one) => one === 0))
    throw new DistillError('INVALID_INPUT', 'All stated shares are 0.', hint);
}

/**
 * What the models make of images of classes that the student was not trained on: as they are, among the unseen classes alone, and
 * with corrected biases. A student that never saw a class has learnt a bias against it (Hinton, Vinyals & Dean, 2015, section 3):
 * the correction raises or lowers the logit of each class until the mean probabilities over images whose labels are not looked at
 * are the expected shares. It never reads a label, and never an image that it is evaluated on. null where the test images show no
 * unseen class.
 * @throws DistillError INVALID_INPUT for stated shares that do not fit the vocabulary, or a teacher's where there is none.
 */
export function evaluateUnseen(input: UnseenInput): UnseenEvaluation | null {
  const { models, seen, expected } = input;
  const unlabelled = [...models.keys()].every((role) => input.unlabelled?.has(role))
    ? input.unlabelled
    : null;
  const [first] = models.values();
  if (!first) return null;
  const { labels, n } = first;
  const unseen = labels.reduce((sum, label) => sum + (seen[label]! ? 0 : 1), 0);
  if (unseen === 0 || n < 2) return null;
  checkShares(expected, seen.length);
  if (expected === 'teacher' && !models.has('teacher'))
    throw new DistillError(
      'INVALID_INPUT',
      'The run has no predictions of a teacher, whose shares of the classes were asked for.',
      'State the shares: uniform, or one number a class.',
    );
  const known = models.get('teacher')?.covers;
  const sharesOf = (role: Role, of: Models<Probabilities>): ArrayLike<number> => {
    if (expected === 'uniform') return seen.map(() => 1);
    if (expected !== 'teacher') return expected;
    const teacher = meanProbabilities(of.get('teacher')!);
    return known ? partlyKnown(teacher, known, meanProbabilities(of.get(role)!)) : teacher;
  };
  const evaluate = (role: Role, predictions: Predictions): UnseenModel => {
    const plain = {
      asIs: accuracies(predictedClasses(predictions), labels, seen),
      amongUnseen: accuracyAmongUnseen(predictions, seen),
    };
    if (role === 'teacher' && expected === 'teacher') return { ...plain, corrected: null, biases: [] };
    const { predicted, biases } = correctedClasses(role, { ...input, unlabelled }, sharesOf);
    return { ...plain, corrected: accuracies(predicted, labels, seen), biases };
  };
  return {
    images: { seen: n - unseen, unseen },
    classes: [...seen.keys()].filter((id) => !seen[id]),
    correction: {
      expected: typeof expected === 'string' ? expected : 'stated',
      reference: unlabelled ? 'unlabelled' : 'test halves',
      images: unlabelled ? [...unlabelled.values()][0]!.n : n,
    },
    models: Object.fromEntries([...models].map(([role, one]) => [role, evaluate(role, one)])),
  };
}
