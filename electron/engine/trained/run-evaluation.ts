import { DistillError } from '../../contract/errors.ts';
import type { PredictedImage } from '../../contract/run-evaluation.ts';
import type { Role } from '../../contract/run.ts';
import type { TtaRow } from '../../contract/result.ts';
import type { Handlers } from '../../contract/services.ts';
import { evaluateUnderMask } from '../evaluate/evaluate-under-mask.ts';
import { type MaskedImages, maskedImages } from '../evaluate/masks.ts';
import { ofKnown, predictedClasses, select } from '../evaluate/predictions.ts';
import { ttaRow } from '../evaluate/tta.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { findAverages } from '../run-folder/stored-averages.ts';
import { readPredictions, type TestPredictions } from '../run-folder/stored-predictions.ts';
import { trainedClasses } from '../run-folder/trained-classes.ts';

/** The kept averages scored on a mask's images; without any, those of the run's own result, if the mask leaves nothing out. */
async function scoreAverages(
  run: RunFolder,
  predictions: TestPredictions,
  { classes, rows }: MaskedImages,
  beta: number | null,
): Promise<TtaRow[]> {
  const averages = await findAverages(run, predictions);
  if (averages) {
    return [...averages.models].flatMap(([role, steps]) => {
      const plain = predictions.models.get(role)!;
      if (ofKnown(select(plain, rows)).n === 0) return [];
      return steps.map((step) => ttaRow(role, plain, step, beta ?? averages.beta, rows));
    });
  }
  if (classes.length < predictions.classNames.length) return [];
  // A run that has not ended has none.
  return run.result().then(
    ({ tta }) => tta,
    () => [],
  );
}

/** Throws NOT_FOUND where the run kept no predictions, RUN_CORRUPT, INVALID_INPUT for a mask that leaves nothing. */
export const runEvaluation: Handlers['runs']['evaluation'] = async ({ folder, mask, beta }) => {
  const run = await RunFolder.open(folder);
  const predictions = await readPredictions(run);
  const { keys, classNames, models } = predictions;
  const classes = await trainedClasses(run, classNames);
  const labels = models.values().next().value?.labels ?? new Int32Array();
  const seen = classes.map((one) => one.seen);
  const masked = maskedImages(mask, seen, labels);
  const tta = await scoreAverages(run, predictions, masked, beta);
  return { ...evaluateUnderMask(models, keys, classes, masked), tta };
};

function checkClass(id: number, classes: number): void {
  if (id < classes) return;
  const hint = `Choose among the classes 0 to ${classes - 1}.`;
  throw new DistillError('INVALID_INPUT', `Class ${id} is not in the vocabulary.`, hint);
}

/** Throws NOT_FOUND where the run kept no predictions, or none of this role; INVALID_INPUT for a class outside the vocabulary. */
export const confusedImages: Handlers['runs']['confused'] = async ({
  folder,
  role,
  label,
  predicted,
  limit,
}) => {
  const { keys, models } = await readPredictions(await RunFolder.open(folder));
  const predictions = models.get(role);
  if (!predictions) {
    throw new DistillError(
      'NOT_FOUND',
      `The run "${folder}" has no predictions of a ${role}.`,
      `Choose among: ${[...models.keys()].join(', ')}.`,
    );
  }
  const { classes, labels, probabilities } = predictions;
  for (const id of [label, predicted]) checkClass(id, classes);
  const given = predictedClasses(predictions);
  const images = [...keys.entries()]
    .filter(([row]) => labels[row] === label && given[row] === predicted)
    .map(([row, key]) => ({ key, label, probability: probabilities[row * classes + predicted]! }))
    .sort((a, b) => b.probability - a.probability);
  return { total: images.length, images: images.slice(0, limit) };
};

/** Whose mistakes come first. */
const byInterest: readonly Role[] = ['student', 'baseline', 'teacher'];

/** Throws NOT_FOUND where the run kept no predictions; INVALID_INPUT for a class outside the vocabulary. */
export const classImages: Handlers['runs']['classImages'] = async ({ folder, label, limit }) => {
  const { keys, classNames, models } = await readPredictions(await RunFolder.open(folder));
  checkClass(label, classNames.length);
  const roles = byInterest.filter((role) => models.has(role));
  const { labels } = models.get(roles[0]!)!;
  const given = new Map(
    [...models].map(([role, predictions]) => [role, predictedClasses(predictions)] as const),
  );
  const predictionOf = (role: Role, row: number) => {
    const id = given.get(role)![row]!;
    return { id, probability: models.get(role)!.probabilities[row * classNames.length + id]! };
  };
  const rows = [...labels.keys()].filter((row) => labels[row] === label);
  const images = rows.map((row): PredictedImage => ({
    key: keys[row]!,
    label,
    predictions: Object.fromEntries([...models.keys()].map((role) => [role, predictionOf(role, row)])),
  }));
  return { total: images.length, images: images.sort(mistakesFirst(roles)).slice(0, limit) };
};

/** The student's mistakes, then the other models' alone; among equals the surest mistake, or the least sure right prediction, first. */
function mistakesFirst(roles: readonly Role[]) {
  const isWrong = ({ predictions: all, label }: PredictedImage, role: Role) => all[role]!.id !== label;
  return (a: PredictedImage, b: PredictedImage): number => {
    for (const role of roles) {
      if (isWrong(a, role) !== isWrong(b, role)) return isWrong(a, role) ? -1 : 1;
    }
    const surer = b.predictions[roles[0]!]!.probability - a.predictions[roles[0]!]!.probability;
    return isWrong(a, roles[0]!) ? surer : -surer;
  };
}
