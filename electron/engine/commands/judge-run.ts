import { DistillError } from '../../contract/errors.ts';
import type { Handlers } from '../../contract/services.ts';
import { isSeen } from '../data/split.ts';
import { judgeUnderMask } from '../evaluate/judgement.ts';
import { maskedImages } from '../evaluate/masks.ts';
import { answers } from '../evaluate/predictions.ts';
import { RunFolder } from '../runs/run-folder.ts';
import { readPredictions } from '../runs/stored-predictions.ts';

/** Throws NOT_FOUND where the run kept no predictions, RUN_CORRUPT, INVALID_INPUT for a mask that leaves nothing. */
export const judgeRun: Handlers['runs']['judge'] = async ({ folder, mask }) => {
  const run = await RunFolder.open(folder);
  const { keys, classNames, models } = await readPredictions(run);
  const { trainClasses } = run.recipe.data;
  const classes = classNames.map((name, id) => ({ id, name, seen: isSeen(trainClasses, id) }));
  const labels = models.values().next().value?.labels ?? new Int32Array();
  const seen = classes.map((one) => one.seen);
  return judgeUnderMask(models, keys, classes, maskedImages(mask, seen, labels));
};

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
  const stranger = [label, predicted].find((id) => id >= classes);
  if (stranger !== undefined) {
    const hint = `Choose among the classes 0 to ${classes - 1}.`;
    throw new DistillError('INVALID_INPUT', `Class ${stranger} is not in the vocabulary.`, hint);
  }
  const given = answers(predictions);
  const images = [...keys.entries()]
    .filter(([row]) => labels[row] === label && given[row] === predicted)
    .map(([row, key]) => ({ key, label, probability: probabilities[row * classes + predicted]! }))
    .sort((a, b) => b.probability - a.probability);
  return { total: images.length, images: images.slice(0, limit) };
};
