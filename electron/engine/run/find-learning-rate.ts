import { DistillError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { CallContext, CallPhase } from '../../contract/method.ts';
import type { LearningRateCurve } from '../../contract/learning-rates.ts';
import { imageOf, withImage } from '../../contract/role-image.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { totalEpochs } from '../../contract/training-steps.ts';
import { chooseBackend } from '../backend/choose.ts';
import { createDistillation, type Distillation } from '../distill/distillation.ts';
import { createObjective } from '../distill/objective.ts';
import { liveTeacher } from '../distill/teacher.ts';
import { teachersOf } from '../distill/teachers.ts';
import type { Classifier } from '../models/index.ts';
import { throttled } from '../work/progress.ts';
import { findLearningRate } from '../train/lr-finder.ts';
import { mixedBatches } from '../train/mixed-batches.ts';
import { classWeightsOf } from '../inputs/class-weights.ts';
import { trainingLoader, withLoaders } from '../inputs/loaders.ts';
import { modelSeed, startModel } from '../inputs/models.ts';
import { prepareData, type PrepareOptions } from '../data/prepared-data.ts';
import { readEnsemble } from '../inputs/ensemble.ts';
import { type ReadOptions, readTeacher } from '../inputs/read-teacher.ts';
import { stagesOf } from '../inputs/teacher-stages.ts';
import { closeViews, openTeacherViews, otherImage, type TeacherView } from '../inputs/teacher-view.ts';

export interface FindInput {
  recipe: Recipe;
  data: string | null;
  role: 'teacher' | 'student';
  runtime: Runtime;
}

/** A teacher that is trained already, and how it or its members see the images where they see other ones than the student. */
async function readHelper(
  teacher: Exclude<Recipe['teacher'], { source: 'train' }>,
  options: ReadOptions,
): Promise<{ model: Classifier; images: readonly ImageRecipe[] }> {
  if (teacher.source === 'ensemble') {
    const { ensemble } = await readEnsemble(teacher, options);
    return { model: ensemble, images: ensemble.images };
  }
  const { model, image } = await readTeacher(teacher, options);
  const other = otherImage(image, options.image);
  return { model, images: other ? [other] : [] };
}

/** The finder's curve for one role of a recipe; a student's has the distillation loss where its teacher is trained already. */
export async function findRate(
  input: FindInput,
  { signal, progress }: CallContext,
): Promise<LearningRateCurve> {
  const { recipe, role, runtime } = input;
  if (role === 'teacher' && recipe.teacher.source !== 'train') {
    throw new DistillError(
      'INVALID_INPUT',
      "The recipe's teacher is not trained, so it needs no learning rate.",
      'Ask for the student.',
    );
  }
  await chooseBackend(runtime.backend, runtime.threads);
  const reporter = (phase: CallPhase) => throttled((done, total) => progress({ done, total, phase }));
  const prepare: PrepareOptions = {
    recipe: withImage(recipe, imageOf(recipe, role)),
    dataPath: input.data,
    workers: runtime.workers,
    memory: runtime.memory,
    signal,
    parts: { pool: true, test: false, unlabelled: role === 'student' },
  };
  const data = await prepareData({ ...prepare, onImport: reporter('import') });
  const names = data.classes.map(({ name }) => name);
  const { teacher } = recipe;
  const training =
    role === 'teacher' && teacher.source === 'train' ? teacher.training : recipe.student.training;
  const models: Classifier[] = [];
  let views: readonly TeacherView[] = [];
  let distillation: Distillation | null = null;
  try {
    const model = await startModel(recipe, role, names.length, () => undefined);
    models.push(model);
    model.freezeTo(training.stages[0]!.freezeTo);
    const helper =
      role === 'student' && teacher.source !== 'train'
        ? await readHelper(teacher, { dataset: names, image: recipe.data.image })
        : null;
    if (helper) {
      models.push(helper.model);
      views = await openTeacherViews(data, helper.images, prepare);
    }
    const seed = modelSeed(recipe, role);
    distillation =
      helper &&
      createDistillation(recipe.distillation, {
        student: model.recipe,
        teacher: stagesOf(helper.model),
        network: helper.model,
        seed,
      });
    const wanted = distillation?.needs.teacher;
    const objective = createObjective({
      distillation,
      teachers:
        helper &&
        distillation &&
        teachersOf(helper.model, views.length, (network) => liveTeacher(network, null, wanted)),
      labelSmoothing: training.labelSmoothing,
      classWeights: classWeightsOf(data, role, training),
      epochs: totalEpochs(training.stages),
    });
    const loaders = {
      train: trainingLoader(data, prepare.recipe, { role, training, seed, workers: runtime.workers, views }),
    };
    return await withLoaders(loaders, ({ train }) =>
      findLearningRate({
        model,
        training,
        objective,
        train: mixedBatches(train, training.mixing, seed),
        seed,
        signal,
        trace: runtime.trace !== 'off',
        onProgress: reporter('search'),
      }),
    );
  } finally {
    for (const model of models) model.dispose();
    distillation?.dispose();
    await closeViews(views);
    await data.close();
  }
}
