import { stat } from 'node:fs/promises';
import type { Recipe } from '../../contract/recipe.ts';
import type { ModelResult, TtaRow } from '../../contract/result.ts';
import type { Loader } from '../data/loader.ts';
import type { PreparedData } from '../data/prepared-data.ts';
import { predictAll, toPredictions } from '../evaluate/predict.ts';
import type { Predictions } from '../evaluate/predictions.ts';
import { scoreModel, type ScoredModel } from '../evaluate/score-model.ts';
import { runTta, ttaPasses, type TtaStep } from '../evaluate/tta.ts';
import { countMacs, countParameters } from '../models/index.ts';
import type { AveragesCollector } from '../run-folder/stored-averages.ts';
import type { Candidate } from './candidate.ts';
import type { Pass } from './passes.ts';

/** Times are measured when all are evaluated, of all models in turns. */
type UntimedResult = Omit<ModelResult, 'latencyMs' | 'latencyRange'>;

/** One model's part of a run's result. */
export interface EvaluatedModel {
  predictions: Predictions;
  scored: ScoredModel;
  result: UntimedResult;
  tta: TtaRow[];
}

export interface CandidateOptions {
  recipe: Recipe;
  data: PreparedData;
  signal: AbortSignal;
}

/** The images as the model sees them. */
interface CandidateLoaders {
  plain: Loader;
  /** null: no copies are asked for. */
  augmented: Loader | null;
  /** null: nothing is held out. */
  validation: Loader | null;
}

/** A model on the test and validation images, and with test-time augmentation, whose averages are `collected`. Throws CANCELLED. */
export async function evaluateCandidate(
  { recipe, data, signal }: CandidateOptions,
  candidate: Candidate,
  loaders: CandidateLoaders,
  pass: (images: number) => Pass,
  collected: AveragesCollector,
): Promise<EvaluatedModel> {
  const { model, role, finished } = candidate;
  const predict = async (loader: Loader) => {
    const { onProgress, end } = pass(loader.images);
    const outputs = await predictAll(model, loader, { signal, onProgress });
    end();
    return toPredictions(outputs);
  };
  const predictions = await predict(loaders.plain);
  const scored = scoreModel({
    test: predictions,
    keys: data.test.keys,
    validation: loaders.validation ? await predict(loaders.validation) : null,
    classes: data.classes,
  });
  const { counts, beta } = recipe.evaluation.tta;
  const ttaPass = pass(loaders.plain.images * ttaPasses(counts));
  const { plain, augmented } = loaders;
  const tta = await runTta({
    model,
    role,
    plain,
    augmented,
    counts,
    beta,
    keep: (step: TtaStep) => collected.add(role, step),
    signal,
    onProgress: ttaPass.onProgress,
  });
  ttaPass.end();
  const { size } = (candidate.view?.recipe ?? recipe).data.image;
  const { test, seen, unseen, validation } = scored;
  const result: UntimedResult = {
    architecture: model.recipe.architecture,
    parameters: countParameters(model),
    macs: countMacs(model, size),
    bytes: (await stat(candidate.weightsFile)).size,
    bestEpoch: finished.bestEpoch,
    trainingSeconds: finished.trainingSeconds,
    imagesPerSecond: finished.imagesPerSecond,
    test,
    seen,
    unseen,
    validation,
  };
  return { predictions, scored, result, tta };
}
