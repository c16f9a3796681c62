import type { RunResult } from '../../contract/result.ts';
import { dataPathOf, type PreparedData } from '../data/prepared-data.ts';
import { saveMistakeImages, shownMistakes } from '../export/index.ts';
import { evaluateUnseen } from '../evaluate/unseen.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { writeAverages } from '../run-folder/stored-averages.ts';
import { writePredictions } from '../run-folder/stored-predictions.ts';
import { writeUnlabelledPredictions } from '../run-folder/unlabelled-predictions.ts';
import type { Candidate } from './candidate.ts';
import { evaluateModels, type EvaluateOptions } from './evaluate-models.ts';
import type { RunContext } from './run-context.ts';
import { shortfall } from './shortfall.ts';

/** The images that the report shows, out of the decoded test images. */
async function keepMistakeImages(
  run: RunFolder,
  data: PreparedData,
  mistakes: RunResult['mistakes'],
): Promise<void> {
  const { size, keys } = data.test;
  const places = new Map(keys.map((key, place) => [key, place]));
  const images = shownMistakes(mistakes).map(
    (key) => [key, { width: size, height: size, data: data.test.image(places.get(key)!) }] as const,
  );
  await saveMistakeImages(run, Object.fromEntries(images));
}

function datasetOf({ run, recipe, data }: RunContext): RunResult['dataset'] {
  return {
    path: dataPathOf(recipe, run.dataPath),
    format: data.report.format,
    fingerprint: data.report.fingerprint,
    train: data.split.train.length,
    validation: data.split.validation.length,
    test: data.test.count,
    ...(data.unlabelled.length > 0 && { unlabelled: data.unlabelled.length }),
  };
}

/** Evaluates what the run trained or was given on the test images, and keeps predictions and result in its folder. */
export async function conclude(
  context: RunContext,
  candidates: readonly Candidate[],
  onProgress: EvaluateOptions['onProgress'],
): Promise<void> {
  const { run, recipe, data, backend, workers, signal } = context;
  const cutShort = shortfall(recipe, candidates);
  const warnings = candidates.flatMap(({ finished }) => finished.exploded ?? []);
  const { evaluated, predictions, unlabelled, averages } = await evaluateModels({
    recipe,
    data,
    candidates,
    workers,
    signal,
    onProgress,
  });
  const unseen = evaluateUnseen({
    models: predictions,
    seen: data.classes.map(({ seen }) => seen),
    expected: recipe.evaluation.expectedShares,
    unlabelled,
  });
  const result: RunResult = {
    version: 1,
    name: recipe.name,
    startedAt: run.startedAt,
    finishedAt: new Date().toISOString(),
    backend,
    classes: data.classes,
    dataset: datasetOf(context),
    ...evaluated,
    ...(unseen && { unseen }),
    ...(cutShort.length > 0 && { cutShort }),
    ...(warnings.length > 0 && { warnings }),
  };
  const { keys, hashes } = data.test;
  const kept = { keys, hashes, classNames: data.classes.map(({ name }) => name), models: predictions };
  await writePredictions(run, kept);
  if (unlabelled) await writeUnlabelledPredictions(run, unlabelled);
  if (averages) await writeAverages(run, kept, averages);
  await keepMistakeImages(run, data, result.mistakes);
  await run.writeResult(result);
}
