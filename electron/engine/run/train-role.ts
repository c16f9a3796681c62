import type { TrainingRecipe } from '../../contract/recipe/training.ts';
import { imageOf } from '../../contract/role-image.ts';
import type { Role } from '../../contract/run.ts';
import { totalEpochs } from '../../contract/training-steps.ts';
import type { Distillation } from '../distill/distillation.ts';
import { createObjective } from '../distill/objective.ts';
import type { Teachers } from '../distill/teachers.ts';
import type { RunClock } from '../estimate/run-clock.ts';
import { classWeightsOf } from '../inputs/class-weights.ts';
import { trainingLoader, validationLoader, withLoaders } from '../inputs/loaders.ts';
import { loadModel, modelSeed, startModel } from '../inputs/models.ts';
import type { TeacherView } from '../inputs/teacher-view.ts';
import type { Model } from '../models/index.ts';
import { saveModel } from '../models/weights/save.ts';
import type { FinishedRole } from '../run-folder/record.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import type { Callback } from '../train/callback.ts';
import { CheckpointStore } from '../train/checkpoint.ts';
import { fit } from '../train/fit.ts';
import { mixedBatches } from '../train/mixed-batches.ts';
import type { Candidate } from './candidate.ts';
import type { RunContext } from './run-context.ts';
import { watchModel } from './watched-images.ts';

/** What a student learns from besides the labels. */
export interface Guide {
  distillation: Distillation;
  teachers: Teachers;
  callbacks: readonly Callback[];
  /** How its teachers see the images, where they see others than the student. */
  views: readonly TeacherView[];
}

const augmentSeedOf = (run: RunFolder, role: Role) => (role === 'teacher' ? null : run.augmentSeed);

/** What the run keeps of a training that is done. */
function finishedRole(
  role: Role,
  { bestEpoch, seconds, imagesPerSecond, cutShort, exploded }: Awaited<ReturnType<typeof fit>>,
): FinishedRole {
  return {
    role,
    bestEpoch,
    trainingSeconds: seconds,
    imagesPerSecond,
    ...(cutShort !== null && { cutShort }),
    ...(exploded !== null && { exploded }),
  };
}

/** Trains one role, or takes it over where an earlier process of this run finished it. `guide`: null trains on labels alone. */
export async function trainRole(
  context: RunContext,
  role: Role,
  training: TrainingRecipe,
  guide: Guide | null,
  clock: RunClock,
): Promise<Candidate> {
  const { run, recipe, data, log } = context;
  const classNames = data.classes.map(({ name }) => name);
  const weightsFile = run.weightsFile(role);
  const finished = run.finished.find((one) => one.role === role);
  const checkpoints = new CheckpointStore(run.checkpointFolder(role));
  if (finished) {
    // Left by a process that ended just before it removed them.
    await checkpoints.clear();
    return { role, model: await loadModel(weightsFile, classNames), finished, files: [weightsFile] };
  }

  // What continues takes its weights from the checkpoint: those that it started from may be gone by now.
  const isBegun = context.resume && (await checkpoints.hasAny());
  const model = await startModel(recipe, role, classNames.length, log, { isBegun });
  try {
    const entry = await trainModel(context, { role, training, guide, clock, model, checkpoints });
    return { role, model, finished: entry, files: [weightsFile] };
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}

interface ModelTraining {
  role: Role;
  training: TrainingRecipe;
  guide: Guide | null;
  clock: RunClock;
  model: Model;
  checkpoints: CheckpointStore;
}

/** Trains a fresh model, or goes on from its checkpoint, and keeps its weights with the run. */
async function trainModel(
  context: RunContext,
  { role, training, guide, clock, model, checkpoints }: ModelTraining,
): Promise<FinishedRole> {
  const { run, recipe, data, workers, signal, emit, log } = context;
  const classNames = data.classes.map(({ name }) => name);
  const seed = modelSeed(recipe, role);
  const loaders = {
    // Student and baseline see the same images, also where stored logits determine which.
    train: trainingLoader(data, recipe, {
      role,
      training,
      seed,
      augmentSeed: augmentSeedOf(run, role) ?? seed,
      workers,
      views: guide?.views ?? [],
    }),
    validation: validationLoader(data, recipe, role, workers, guide?.views),
  };
  const outcome = await withLoaders(loaders, ({ train, validation }) =>
    fit({
      model,
      training,
      objective: createObjective({
        distillation: guide?.distillation ?? null,
        teachers: guide?.teachers ?? null,
        labelSmoothing: training.labelSmoothing,
        classWeights: classWeightsOf(data, role, training),
        epochs: totalEpochs(training.stages),
      }),
      train: mixedBatches(train, training.mixing, seed),
      validation,
      role,
      seed,
      onEvent: emit,
      checkpoints,
      resume: context.resume,
      pauseAfter: role === 'student' ? context.pauseAfter : null,
      onBegin: ({ epoch, step }) => run.rewindMetrics(role, { epoch: epoch - 1, step }),
      trace: run.runtime.trace !== 'off',
      callbacks: [...(guide?.callbacks ?? []), watchModel(context.watched, emit)],
      signal,
      finish: context.finish,
      run: clock.training(role),
    }),
  );
  await saveModel(await run.prepare('weights', `${role}.safetensors`), model, {
    classNames,
    image: imageOf(recipe, role),
  });
  if (outcome.cutShort !== null) log('info', outcome.cutShort);
  const entry = finishedRole(role, outcome);
  await run.finish(entry);
  await checkpoints.clear();
  return entry;
}
