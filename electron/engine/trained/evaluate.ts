import { largest } from '../../contract/extremes.ts';
import { DistillError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { withoutErasing } from '../../contract/recipe/augmentation.ts';
import { type Role, roles } from '../../contract/run.ts';
import type { CallContext } from '../../contract/method.ts';
import type { Evaluation } from '../../contract/evaluation.ts';
import type { Mask } from '../../contract/mask.ts';
import type { Runtime } from '../../contract/runtime.ts';
import type { ExpectedShares } from '../../contract/unseen.ts';
import { chooseBackend } from '../backend/choose.ts';
import { compareRoles } from '../evaluate/comparison.ts';
import { maskedScores } from '../evaluate/evaluate-under-mask.ts';
import { type MaskedImages, maskedImages } from '../evaluate/masks.ts';
import { predictAll, toPredictions } from '../evaluate/predict.ts';
import { checkShares, evaluateUnseen } from '../evaluate/unseen.ts';
import { ofKnown, type Predictions, select } from '../evaluate/predictions.ts';
import { runTta, type TtaStep } from '../evaluate/tta.ts';
import { Ensemble } from '../models/ensemble.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { AveragesCollector } from '../run-folder/stored-averages.ts';
import { findUnlabelledPredictions } from '../run-folder/unlabelled-predictions.ts';
import { trainedClasses } from '../run-folder/trained-classes.ts';
import { allOf, imageView, orderedLoader, unlabelledLoader, withLoaders } from '../inputs/loaders.ts';
import { type KeptNetwork, readKept } from '../inputs/kept-network.ts';
import { keepPredictions, keepReferences } from './keep-evaluation.ts';
import { type EvaluatedImages, newImages } from './new-images.ts';
import { prepareData } from '../data/prepared-data.ts';
import { closeViews, type TeacherView, viewAs, viewsAs } from '../inputs/teacher-view.ts';

export interface EvaluateInput {
  data: string | null;
  mask: Mask;
  tta: number[];
  beta: number | null;
  expected: ExpectedShares | null;
  unlabelled: string[] | null;
  runtime: Runtime;
}

async function finishedModels(
  run: RunFolder,
  classNames: readonly string[],
): Promise<Map<Role, KeptNetwork>> {
  const models = new Map<Role, KeptNetwork>();
  for (const role of roles) {
    if (run.finished.some((one) => one.role === role))
      models.set(role, await readKept(run, role, classNames));
  }
  if (models.size === 0) {
    throw new DistillError(
      'NOT_FOUND',
      `The run ${run.folder} has no trained model yet.`,
      `Resume it: distill-studio resume ${run.folder}`,
    );
  }
  return models;
}

function compareChosen(
  predictions: ReadonlyMap<Role, Predictions>,
  rows: Int32Array,
): Evaluation['comparison'] {
  const chosen = [...predictions].map(([role, all]) => [role, select(all, rows)] as const);
  const { mcnemarP, sentence, agreement } = compareRoles(new Map(chosen));
  return { mcnemarP, sentence, agreement };
}

/** The run's own test images, wherever its data is now, or all images of other data. */
async function imagesToEvaluate(
  run: RunFolder,
  recipe: Recipe,
  { data: given, unlabelled, runtime: { workers, memory } }: EvaluateInput,
  signal: AbortSignal,
): Promise<EvaluatedImages> {
  const before = await run.dataset();
  const hasUnlabelled = unlabelled !== null;
  if (given !== null && before !== null && !hasUnlabelled) {
    const images = await newImages({ recipe, before, path: given, workers, memory, signal });
    if (images) return images;
  }
  const own = await prepareData({
    recipe: hasUnlabelled
      ? { ...recipe, data: { ...recipe.data, unlabelled: { paths: unlabelled, share: null } } }
      : recipe,
    dataPath: given ?? run.dataPath,
    workers,
    memory,
    before,
    signal,
    parts: { pool: hasUnlabelled, test: true, unlabelled: hasUnlabelled },
  });
  if (hasUnlabelled && before !== null && before.fingerprint !== own.report.fingerprint) {
    await own.close();
    throw new DistillError(
      'INVALID_INPUT',
      'Images without labels correct the biases for the test images of the run alone, and these are others.',
      "Leave out the unlabelled images, or give the path where the run's own dataset is now.",
    );
  }
  return { ...own, isOwn: true, notes: [], references: hasUnlabelled ? own : null };
}

/**
 * Evaluates a run's models on the classes of a mask: on the run's own test images, or on all images of other data, whose classes are
 * found by name. Throws NOT_FOUND, INVALID_INPUT (an empty mask) and what prepareData throws.
 */
export async function evaluateRun(
  run: RunFolder,
  input: EvaluateInput,
  context: CallContext,
): Promise<Evaluation> {
  const { backend, threads } = input.runtime;
  await chooseBackend(backend, threads);
  const prepare = (recipe: Recipe) => imagesToEvaluate(run, recipe, input, context.signal);
  const data = await prepare(run.recipe);
  try {
    return await evaluateOn(data, prepare, run, input, context);
  } finally {
    await data.close();
  }
}

/** A mask's classes and rows; of other data those classes alone that it shows. */
function evaluatedClasses(
  { test, isOwn }: EvaluatedImages,
  seen: readonly boolean[],
  mask: Mask,
): MaskedImages {
  const { classes, rows } = maskedImages(mask, seen, test.labels);
  const shown = new Set(test.labels);
  return { classes: isOwn ? classes : classes.filter((id) => shown.has(id)), rows };
}

async function evaluateOn(
  data: EvaluatedImages,
  prepare: (recipe: Recipe) => Promise<EvaluatedImages>,
  run: RunFolder,
  input: EvaluateInput,
  { signal, progress }: CallContext,
): Promise<Evaluation> {
  const { recipe } = run;
  const { workers } = input.runtime;
  const expected = input.expected ?? recipe.evaluation.expectedShares;
  const names = data.report.classes.map(({ name }) => name);
  checkShares(expected, names.length);
  const trained = await trainedClasses(run, names);
  const { classes, rows } = evaluatedClasses(
    data,
    trained.map(({ seen }) => seen),
    input.mask,
  );
  const models = await finishedModels(run, names);
  const augmented = input.tta.some((count) => count > 0);
  type Seen = { recipe: Recipe; data: EvaluatedImages };
  const loadersOf = (seen: Seen, others: readonly Seen[] = []) => {
    const { test } = seen.data;
    const augment = withoutErasing(seen.recipe.data.augment);
    const beside = { views: others.map((one) => imageView(one.data.test, one.recipe)) };
    return {
      plain: orderedLoader(test, allOf(test), seen.recipe, null, workers, beside),
      augmented: augmented ? orderedLoader(test, allOf(test), seen.recipe, augment, workers, beside) : null,
      references: seen.data.references
        ? unlabelledLoader(
            seen.data.references,
            seen.recipe,
            workers,
            others.flatMap((one) =>
              one.data.references ? [imageView(one.data.references.pool, one.recipe)] : [],
            ),
          )
        : null,
    };
  };
  const passesPerModel = 1 + (input.tta.length === 0 ? 0 : largest(input.tta) + 1);
  const references = new Map<Role, Predictions>();
  const perModel = passesPerModel * data.test.count + (data.references?.unlabelled.length ?? 0);
  const total = models.size * perModel;
  let before = 0;
  const onProgress = ({ done }: { done: number }) => progress({ done: before + done, total });
  const beta = input.beta ?? recipe.evaluation.tta.beta;
  const collected = new AveragesCollector(beta);
  try {
    return await withLoaders(loadersOf({ recipe, data }), async (shared) => {
      const predictions = new Map<Role, Predictions>();
      const result: Evaluation = {
        mask: { classes, names: classes.map((id) => names[id]!) },
        vocabulary: names.length,
        models: {},
        comparison: { mcnemarP: null, sentence: '', agreement: null },
        tta: [],
        unseen: null,
        notes: data.notes,
      };
      const evaluateOne = async (
        role: Role,
        { model }: KeptNetwork,
        { plain, augmented: copies, references: unlabelled }: typeof shared,
      ) => {
        if (unlabelled) {
          references.set(
            role,
            toPredictions(await predictAll(model, unlabelled, { isLabelled: false, signal, onProgress })),
          );
          before += unlabelled.images;
        }
        const all = toPredictions(await predictAll(model, plain, { signal, onProgress }));
        before += data.test.count;
        predictions.set(role, all);
        const chosen = select(all, rows);
        if (ofKnown(chosen).n === 0) return;
        const { scores, perClass } = maskedScores(chosen, classes, names);
        result.models[role] = { scores, perClass };
        const tta = {
          model,
          role,
          plain,
          augmented: copies,
          counts: input.tta,
          beta,
          rows,
          keep: (step: TtaStep) => collected.add(role, step),
          signal,
          onProgress,
        };
        for (const row of await runTta(tta)) result.tta.push(row);
        before += (passesPerModel - 1) * data.test.count;
      };
      for (const [role, own] of models) {
        const view = await viewAs(data, own.image, recipe, prepare);
        let others: TeacherView<EvaluatedImages>[] = [];
        try {
          if (own.model instanceof Ensemble) others = await viewsAs(data, own.model.images, recipe, prepare);
          await (view || others.length > 0
            ? withLoaders(loadersOf(view ?? { recipe, data }, others), (loaders) =>
                evaluateOne(role, own, loaders),
              )
            : evaluateOne(role, own, shared));
        } finally {
          await view?.close();
          await closeViews(others);
        }
      }
      await keepPredictions(run, data, predictions, collected.averages);
      if (references.size > 0) await keepReferences(run, references);
      const unseen = evaluateUnseen({
        models: predictions,
        seen: trained.map(({ seen }) => seen),
        expected,
        unlabelled: references.size > 0 ? references : await findUnlabelledPredictions(run, names.length),
      });
      return { ...result, comparison: compareChosen(predictions, rows), unseen };
    });
  } finally {
    for (const { model } of models.values()) model.dispose();
  }
}
