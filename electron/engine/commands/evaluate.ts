import type { Role } from '../../contract/result.ts';
import type { CallContext, Evaluation, Mask, Runtime } from '../../contract/services.ts';
import { chooseBackend } from '../backend/choose.ts';
import { agreement, compare } from '../evaluate/comparison.ts';
import { classScores, confusionMatrix } from '../evaluate/confusion.ts';
import { maskedClasses, maskedRows } from '../evaluate/masks.ts';
import { scores } from '../evaluate/metrics.ts';
import { predictAll, toPredictions } from '../evaluate/predict.ts';
import { type Predictions, select } from '../evaluate/predictions.ts';
import { runTta } from '../evaluate/tta.ts';
import type { Model } from '../models/index.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { DistillError } from '../../contract/errors.ts';
import { allOf, orderedLoader, withLoaders } from './loaders.ts';
import { loadModel } from './models.ts';
import { prepareData, type PreparedData } from './prepared-data.ts';

export interface EvaluateInput {
  data: string | null;
  mask: Mask;
  tta: number[];
  beta: number | null;
  runtime: Runtime;
}

const roles: readonly Role[] = ['teacher', 'student', 'baseline'];

async function finishedModels(run: RunFolder, classNames: readonly string[]): Promise<Map<Role, Model>> {
  const models = new Map<Role, Model>();
  for (const role of roles) {
    if (run.finished.some((one) => one.role === role))
      models.set(role, await loadModel(run.weightsFile(role), classNames));
  }
  if (models.size === 0) {
    throw new DistillError(
      'NOT_FOUND',
      `The run ${run.folder} has no trained model yet.`,
      `Resume it: distill resume ${run.folder}`,
    );
  }
  return models;
}

/** Compares what there is to compare: without a teacher or a student some figures are null. */
function compareAll(predictions: ReadonlyMap<Role, Predictions>, rows: Int32Array): Evaluation['comparison'] {
  const [teacher, student, baseline] = roles.map((role) => {
    const all = predictions.get(role);
    return all ? select(all, rows) : null;
  });
  if (teacher && student) {
    const {
      mcnemarP,
      sentence,
      agreement: agree,
    } = compare({ teacher, student, baseline: baseline ?? null });
    return { mcnemarP, sentence, agreement: agree };
  }
  const agree = teacher && baseline ? agreement(teacher, baseline) : null;
  return { mcnemarP: null, sentence: 'The run has not trained its student yet.', agreement: agree };
}

/**
 * Judges a run's models on the classes of a mask, on the run's own test images or on other data.
 * Throws NOT_FOUND, INVALID_INPUT (an empty mask) and what prepareData throws.
 */
export async function evaluateRun(
  run: RunFolder,
  input: EvaluateInput,
  context: CallContext,
): Promise<Evaluation> {
  const { workers, memory, backend, threads } = input.runtime;
  await chooseBackend(backend, threads);
  const data = await prepareData({
    recipe: run.recipe,
    dataPath: input.data ?? run.dataPath,
    workers,
    memory,
    signal: context.signal,
    parts: { pool: false, test: true },
  });
  try {
    return await evaluateOn(data, run, input, context);
  } finally {
    await data.close();
  }
}

async function evaluateOn(
  data: PreparedData,
  run: RunFolder,
  input: EvaluateInput,
  { signal, progress }: CallContext,
): Promise<Evaluation> {
  const { recipe } = run;
  const { workers } = input.runtime;
  const classes = maskedClasses(
    input.mask,
    data.classes.map(({ seen }) => seen),
  );
  const rows = maskedRows(data.test.labels, classes);
  if (rows.length === 0) {
    throw new DistillError(
      'INVALID_INPUT',
      'No test image belongs to the chosen classes.',
      'Choose other classes, or other data.',
    );
  }
  const names = data.classes.map(({ name }) => name);
  const models = await finishedModels(run, names);
  const augmented = input.tta.some((count) => count > 0);
  const loaders = {
    plain: orderedLoader(data.test, allOf(data.test), recipe, null, workers),
    augmented: augmented
      ? orderedLoader(data.test, allOf(data.test), recipe, recipe.data.augment, workers)
      : null,
  };
  const passesPerModel = 1 + (input.tta.length === 0 ? 0 : Math.max(...input.tta) + 1);
  const total = models.size * passesPerModel * data.test.count;
  let before = 0;
  const onProgress = ({ done }: { done: number }) => progress({ done: before + done, total });
  try {
    return await withLoaders(loaders, async ({ plain, augmented: copies }) => {
      const predictions = new Map<Role, Predictions>();
      const result: Evaluation = {
        mask: { classes, names: classes.map((id) => names[id]!) },
        models: {},
        comparison: { mcnemarP: null, sentence: '', agreement: null },
        tta: [],
      };
      for (const [role, model] of models) {
        const all = toPredictions(await predictAll(model, plain, { signal, onProgress }));
        before += data.test.count;
        predictions.set(role, all);
        const perClass = classScores(confusionMatrix(select(all, rows)), names);
        const chosen = new Set(classes);
        result.models[role] = {
          scores: scores(all, rows),
          perClass: perClass.filter(({ id }) => chosen.has(id)),
        };
        const beta = input.beta ?? recipe.evaluation.tta.beta;
        const tta = {
          model,
          role,
          plain,
          augmented: copies,
          counts: input.tta,
          beta,
          rows,
          signal,
          onProgress,
        };
        result.tta.push(...(await runTta(tta)));
        before += (passesPerModel - 1) * data.test.count;
      }
      return { ...result, comparison: compareAll(predictions, rows) };
    });
  } finally {
    for (const model of models.values()) model.dispose();
  }
}
