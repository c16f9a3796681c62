import type { Handlers } from '../../contract/services.ts';
import { evaluateUnseen } from '../evaluate/unseen.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { readPredictions } from '../run-folder/stored-predictions.ts';
import { trainedClasses } from '../run-folder/trained-classes.ts';
import { findUnlabelledPredictions } from '../run-folder/unlabelled-predictions.ts';

/** Throws NOT_FOUND where the run kept no predictions, RUN_CORRUPT, INVALID_INPUT for shares that do not fit its classes. */
export const runUnseen: Handlers['runs']['unseen'] = async ({ folder, expected }) => {
  const run = await RunFolder.open(folder);
  const { classNames, models } = await readPredictions(run);
  const classes = await trainedClasses(run, classNames);
  return evaluateUnseen({
    models,
    seen: classes.map(({ seen }) => seen),
    expected: expected ?? run.recipe.evaluation.expectedShares,
    unlabelled: await findUnlabelledPredictions(run, classNames.length),
  });
};
