import type {
  RunEvaluation,
  MistakeEntry,
  ModelEvaluation,
  ReliabilityBin,
} from '../../contract/run-evaluation.ts';
import type { ClassScores, Scores } from '../../contract/result.ts';
import type { Role } from '../../contract/run.ts';
import { calibrationBins } from './calibration.ts';
import { compareRoles } from './comparison.ts';
import { classScores, confusionMatrix } from './confusion.ts';
import { worstRows } from './score-model.ts';
import { type MaskedImages } from './masks.ts';
import { scores } from './metrics.ts';
import { ofKnown, ranked, select, type Predictions } from './predictions.ts';

/** Mistakes that an evaluation lists. */
const shownMistakes = 100;

/**
 * Scores of the images of a mask and of the mask's classes. Any class may be predicted; precision counts the mask's images only.
 * `chosen` are their predictions, `names` the vocabulary.
 * @throws DistillError INVALID_INPUT without images, or for a label outside the vocabulary.
 */
export function maskedScores(
  chosen: Predictions,
  classes: readonly number[],
  names: readonly string[],
): { scores: Scores; perClass: ClassScores[]; confusion: number[][] } {
  const total = scores(chosen);
  const confusion = confusionMatrix(ofKnown(chosen));
  const all = classScores(confusion, names);
  return {
    scores: total,
    perClass: classes.map((id) => all[id]!),
    confusion: classes.map((id) => confusion[id]!),
  };
}

function reliability(predictions: Predictions): ReliabilityBin[] {
  return calibrationBins(ofKnown(predictions)).map(({ low, high, count, confidence, accuracy }) => ({
    from: low,
    to: high,
    n: count,
    confidence: count === 0 ? null : confidence,
    accuracy: count === 0 ? null : accuracy,
  }));
}

/**
 * Evaluates every model of a run on the images of a mask, those left out that know none of its classes; test-time augmentation left out. `keys` names the rows of the predictions,
 * `classes` is the vocabulary in order of id.
 * @throws DistillError INVALID_INPUT without images.
 */
export function evaluateUnderMask(
  models: ReadonlyMap<Role, Predictions>,
  keys: readonly string[],
  classes: RunEvaluation['classes'],
  mask: MaskedImages,
): Omit<RunEvaluation, 'tta'> {
  const chosen = new Map([...models].map(([role, all]) => [role, select(all, mask.rows)] as const));
  const names = classes.map(({ name }) => name);
  const topFive = (row: number): MistakeEntry['top5'] =>
    Object.fromEntries([...chosen].map(([role, predictions]) => [role, ranked(predictions, row, 5)]));
  const known = [...chosen].filter(([, predictions]) => ofKnown(predictions).n > 0);
  const evaluated = known.map(([role, predictions]): [Role, ModelEvaluation] => [
    role,
    {
      ...maskedScores(predictions, mask.classes, names),
      reliability: reliability(predictions),
      mistakes: worstRows(predictions, shownMistakes).map((row) => ({
        key: keys[mask.rows[row]!]!,
        label: predictions.labels[row]!,
        top5: topFive(row),
      })),
    },
  ]);
  return {
    mask: { classes: mask.classes },
    classes,
    n: mask.rows.length,
    models: Object.fromEntries(evaluated),
    comparison: compareRoles(chosen),
  };
}
