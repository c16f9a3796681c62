import { stat } from 'node:fs/promises';
import { ensembleNetwork, onnxNetwork } from '../../contract/architectures.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { ModelResult, TtaRow } from '../../contract/result.ts';
import type { Loader } from '../data/loader.ts';
import type { PreparedData } from '../data/prepared-data.ts';
import type { Probabilities } from '../evaluate/bias-correction.ts';
import { predictAll, toPredictions } from '../evaluate/predict.ts';
import type { Predictions } from '../evaluate/predictions.ts';
import { scoreModel, type ScoredModel } from '../evaluate/score-model.ts';
import { runTta, ttaPasses, type TtaStep } from '../evaluate/tta.ts';
import { OnnxClassifier } from '../deployed/onnx/classifier.ts';
import { Ensemble } from '../models/ensemble.ts';
import { type Classifier, countMacs, countParameters, isModel } from '../models/index.ts';
import type { AveragesCollector } from '../run-folder/stored-averages.ts';
import type { Candidate } from './candidate.ts';
import type { Pass } from './passes.ts';

/** Times are measured when all are evaluated, of all models in turns. */
type UntimedResult = Omit<ModelResult, 'latencyMs' | 'latencyRange'>;

/** One model's part of a run's result. */
export interface EvaluatedModel {
  predictions: Predictions;
  /** For images without labels; null: none are asked for. */
  unlabelled: Probabilities | null;
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
  /** Images without labels; null: none. */
  unlabelled: Loader | null;
}

/** What a result has of a network, for square images of `size` pixels. */
function figuresOf(
  model: Classifier,
  size: number,
): Pick<ModelResult, 'architecture' | 'parameters' | 'macs'> {
  if (isModel(model))
    return {
      architecture: model.recipe.architecture,
      parameters: countParameters(model),
      macs: countMacs(model, size),
    };
  if (model instanceof Ensemble) {
    const members = model.members.map((one) => figuresOf(one.model, one.image?.size ?? size));
    const sumOf = (figure: 'parameters' | 'macs') => members.reduce((sum, one) => sum + one[figure], 0);
    return { architecture: ensembleNetwork, parameters: sumOf('parameters'), macs: sumOf('macs') };
  }
  return {
    architecture: onnxNetwork,
    parameters: model instanceof OnnxClassifier ? model.facts.values : NaN,
    macs: NaN,
  };
}

async function bytesOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
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
  const predict = async (loader: Loader, isLabelled = true) => {
    const { onProgress, end } = pass(loader.images);
    const outputs = await predictAll(model, loader, { isLabelled, signal, onProgress });
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
  const unlabelled = loaders.unlabelled ? await predict(loaders.unlabelled, false) : null;
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
    ...figuresOf(model, size),
    ...(model.covers && { covers: [...model.covers] }),
    bytes: await bytesOf(candidate.files),
    bestEpoch: finished.bestEpoch,
    trainingSeconds: finished.trainingSeconds,
    imagesPerSecond: finished.imagesPerSecond,
    test,
    seen,
    unseen,
    validation,
  };
  return { predictions, unlabelled, scored, result, tta };
}
