import { toErrorValue, DistillError } from '../../contract/errors.ts';
import { isActive, type Role } from '../../contract/run.ts';
import { type Predictions, samePredictions } from '../evaluate/predictions.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { type TestAverages, writeAverages } from '../run-folder/stored-averages.ts';
import { findPredictions, readPredictions, writePredictions } from '../run-folder/stored-predictions.ts';
import { writeUnlabelledPredictions } from '../run-folder/unlabelled-predictions.ts';
import type { EvaluatedImages } from './new-images.ts';

/** Keeps averages with the predictions that they belong to. Throws RUN_STATE where those are of other weights. */
async function keepAverages(
  run: RunFolder,
  models: ReadonlyMap<Role, Predictions>,
  averages: TestAverages,
): Promise<void> {
  const kept = await readPredictions(run);
  for (const [role, found] of models) {
    if (samePredictions(found, kept.models.get(role)!)) continue;
    const sentence = `The ${role} gives other predictions than when the run was evaluated, so its augmented predictions match none of the stored ones.`;
    throw new DistillError('RUN_STATE', sentence, 'Put back the weights that the run was evaluated with.');
  }
  await writeAverages(run, kept, averages);
}

/**
 * Keeps what was found of a run's own test images: predictions where the run has none of one of the models, averages in place of
 * earlier ones. A run at work keeps its own. Never throws: the figures are good without.
 */
export async function keepPredictions(
  run: RunFolder,
  data: EvaluatedImages,
  models: ReadonlyMap<Role, Predictions>,
  averages: TestAverages | null,
): Promise<void> {
  try {
    const own = (await run.dataset())?.fingerprint === data.report.fingerprint;
    const kept = await findPredictions(run).catch(() => null);
    // Read again: the run may have gone on while its models were evaluated.
    const { state } = await RunFolder.open(run.folder);
    if (!own || isActive(state)) return;
    if (![...models.keys()].every((role) => kept?.models.has(role))) {
      const classNames = data.report.classes.map(({ name }) => name);
      await writePredictions(run, {
        keys: data.test.keys,
        hashes: data.test.hashes,
        classNames,
        models,
      });
    }
    if (averages) await keepAverages(run, models, averages);
  } catch (thrown) {
    run.log('warn', `The predictions could not be stored. ${toErrorValue(thrown).message}`);
  }
}

/** As keepPredictions: the figures are good without. */
export async function keepReferences(run: RunFolder, models: ReadonlyMap<Role, Predictions>): Promise<void> {
  const { state } = await RunFolder.open(run.folder);
  if (isActive(state)) return;
  await writeUnlabelledPredictions(run, models).catch((thrown: unknown) =>
    run.log(
      'warn',
      `The predictions for unlabelled images could not be stored. ${toErrorValue(thrown).message}`,
    ),
  );
}
