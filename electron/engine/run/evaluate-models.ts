import { stat } from 'node:fs/promises';
import type { Recipe } from '../../contract/recipe.ts';
import type { Latency, ModelResult, RunResult, TtaRow } from '../../contract/result.ts';
import type { Role } from '../../contract/run.ts';
import type { Loader } from '../data/loader.ts';
import { compare } from '../evaluate/comparison.ts';
import { scoreModel, type ScoredModel } from '../evaluate/score-model.ts';
import { measureLatencies } from '../evaluate/latency.ts';
import { predictAll, toPredictions } from '../evaluate/predict.ts';
import type { Predictions } from '../evaluate/predictions.ts';
import { runTta, ttaPasses, type TtaStep } from '../evaluate/tta.ts';
import { countMacs, countParameters, type Model } from '../models/index.ts';
import type { FinishedRole } from '../run-folder/record.ts';
import { AveragesCollector, type TestAverages } from '../run-folder/stored-averages.ts';
import { allOf, orderedLoader, validationLoader, withLoaders } from '../inputs/loaders.ts';
import type { PreparedData } from '../data/prepared-data.ts';
import type { TeacherView } from '../inputs/teacher-view.ts';

/** A trained (or given) model with the record of its training and the place of its weights. */
export interface Candidate {
  role: Role;
  model: Model;
  finished: FinishedRole;
  weightsFile: string;
  /** How it sees the images, where that differs from the recipe. */
  view?: TeacherView | null;
}

export interface EvaluateOptions {
  recipe: Recipe;
  data: PreparedData;
  candidates: readonly Candidate[];
  workers: number;
  signal: AbortSignal;
  /** Images evaluated, of all passes of all models. */
  onProgress: (done: number, total: number) => void;
}

type Evaluated = Pick<RunResult, 'models' | 'comparison' | 'perClass' | 'confusion' | 'mistakes' | 'tta'>;

/** Times are measured when all are evaluated, of all models in turns. */
type UntimedResult = Omit<ModelResult, 'latencyMs' | 'latencyRange'>;

interface EvaluatedModel {
  predictions: Predictions;
  scored: ScoredModel;
  result: UntimedResult;
  tta: TtaRow[];
}

/** Counts images over several passes. */
function passes(total: number, onProgress: EvaluateOptions['onProgress']) {
  let before = 0;
  return (images: number) => ({
    onProgress: ({ done }: { done: number }) => onProgress(before + done, total),
    end: () => (before += images),
  });
}

type Pass = ReturnType<ReturnType<typeof passes>>;

async function evaluateOne(
  options: EvaluateOptions,
  candidate: Candidate,
  loaders: { plain: Loader; augmented: Loader | null; validation: Loader | null },
  pass: (images: number) => Pass,
  collected: AveragesCollector,
): Promise<EvaluatedModel> {
  const { recipe, data, signal } = options;
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
  const ttaPass = pass(loaders.plain.images * ttaPasses(recipe.evaluation.tta.counts));
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

/** For the latency of all models, so that large ones on a slow backend do not hold up the run. */
const latencySeconds = 15;

function evaluatingLoaders({ recipe, data }: Pick<EvaluateOptions, 'recipe' | 'data'>, workers: number) {
  const everyImage = allOf(data.test);
  const { augment } = recipe.data;
  return {
    plain: orderedLoader(data.test, everyImage, recipe, null, workers),
    augmented:
      ttaPasses(recipe.evaluation.tta.counts) > 1
        ? orderedLoader(data.test, everyImage, recipe, augment, workers)
        : null,
    // One set of images for all models, so that their scores can be compared.
    validation: validationLoader(data, recipe, 'student', workers),
  };
}

/**
 * Evaluates teacher, student and baseline on the same test images and compares them. `averages`: what test-time augmentation found, null
 * where none was asked for or where it is more than a run keeps. Throws CANCELLED.
 */
export async function evaluateModels(options: EvaluateOptions): Promise<{
  evaluated: Evaluated;
  predictions: ReadonlyMap<Role, Predictions>;
  averages: TestAverages | null;
}> {
  const { recipe, candidates, workers } = options;
  const copies = ttaPasses(recipe.evaluation.tta.counts);
  return withLoaders(evaluatingLoaders(options, workers), async (loaders) => {
    const perModel = loaders.plain.images * (1 + copies) + (loaders.validation?.images ?? 0);
    const pass = passes(perModel * candidates.length, options.onProgress);
    const evaluated = new Map<Role, EvaluatedModel>();
    const collected = new AveragesCollector(recipe.evaluation.tta.beta);
    for (const candidate of candidates) {
      const { role, view } = candidate;
      const scored = await (view
        ? withLoaders(evaluatingLoaders(view, workers), (own) =>
            evaluateOne(options, candidate, own, pass, collected),
          )
        : evaluateOne(options, candidate, loaders, pass, collected));
      evaluated.set(role, scored);
    }
    const predictions = [...evaluated].map(([role, one]) => [role, one.predictions] as const);
    const latencies = await measureLatencies(
      candidates.map(({ model, view }) => ({ model, size: (view?.recipe ?? recipe).data.image.size })),
      { maxSeconds: latencySeconds },
    );
    const timed = new Map(candidates.map(({ role }, i) => [role, latencies[i]!]));
    return {
      evaluated: assemble(evaluated, timed),
      predictions: new Map(predictions),
      averages: collected.averages,
    };
  });
}

function assemble(
  evaluated: ReadonlyMap<Role, EvaluatedModel>,
  latencies: ReadonlyMap<Role, Latency>,
): Evaluated {
  const teacher = evaluated.get('teacher')!;
  const student = evaluated.get('student')!;
  const baseline = evaluated.get('baseline') ?? null;
  const each = <T>(pick: (one: EvaluatedModel) => T) => ({
    teacher: pick(teacher),
    student: pick(student),
    baseline: baseline ? pick(baseline) : null,
  });
  const timed = (role: Role, { result }: EvaluatedModel): ModelResult => {
    const { ms, low, high } = latencies.get(role)!;
    return { ...result, latencyMs: ms, latencyRange: [low, high] };
  };
  return {
    models: {
      teacher: timed('teacher', teacher),
      student: timed('student', student),
      baseline: baseline ? timed('baseline', baseline) : null,
    },
    comparison: compare({
      teacher: teacher.predictions,
      student: student.predictions,
      baseline: baseline?.predictions ?? null,
    }),
    perClass: each(({ scored }) => scored.perClass),
    confusion: each(({ scored }) => scored.confusion),
    mistakes: each(({ scored }) => scored.mistakes),
    tta: [...evaluated.values()].flatMap(({ tta }) => tta),
  };
}
