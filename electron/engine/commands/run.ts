import { DistillError } from '../../contract/errors.ts';
import type { Phase, RunEvent } from '../../contract/events.ts';
import type { ModelRecipe, Recipe, TrainingRecipe } from '../../contract/recipe.ts';
import type { Role, RunResult } from '../../contract/result.ts';
import { chooseBackend } from '../backend/choose.ts';
import { createObjective } from '../distill/objective.ts';
import { exportRun, saveMistakeImages, shownMistakes } from '../export/index.ts';
import { countMacs, type Model, previewModel } from '../models/index.ts';
import { saveModel } from '../models/weights/save.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { CheckpointStore } from '../train/checkpoint.ts';
import { fit } from '../train/fit.ts';
import { totalEpochs } from '../train/schedule.ts';
import { type PlannedTraining, remainingRunSeconds, stepMacs } from './eta.ts';
import { type Candidate, judgeModels } from './judge-models.ts';
import { trainingLoader, validationLoader, withLoaders } from './loaders.ts';
import { loadModel, modelSeed, readTeacher, startModel } from './models.ts';
import { dataPathOf, prepareData, type PreparedData } from './prepared-data.ts';

interface RunContext {
  run: RunFolder;
  recipe: Recipe;
  data: PreparedData;
  workers: number;
  resume: boolean;
  signal: AbortSignal;
  emit: (event: RunEvent) => void;
  log: (message: string) => void;
}

const phasesOf = (recipe: Recipe): Phase[] => [
  'import',
  'decode',
  'teacher',
  'student',
  ...(recipe.baseline ? (['baseline'] as const) : []),
  'evaluate',
  'export',
];

/** Tells how far a phase is, at most ten times a second, with the time that is left by its own rate so far. */
function phaseProgress(phase: Phase, emit: (event: RunEvent) => void) {
  const started = performance.now();
  let told = 0;
  return (done: number, total: number) => {
    const now = performance.now();
    if (done < total && now - told < 100) return;
    told = now;
    const seconds = (now - started) / 1000;
    const etaSeconds = done > 0 && seconds > 1 ? (seconds / done) * (total - done) : null;
    emit({ type: 'progress', phase, done, total, etaSeconds });
  };
}

/** What is to be trained here, in order. */
function rolesToTrain(recipe: Recipe): { role: Role; training: TrainingRecipe }[] {
  const { teacher, student } = recipe;
  return [
    ...(teacher.source === 'train' ? [{ role: 'teacher' as const, training: teacher.training }] : []),
    { role: 'student', training: student.training },
    ...(recipe.baseline ? [{ role: 'baseline' as const, training: student.training }] : []),
  ];
}

/** The work of each training to come; `given` is the teacher where it is not trained here. */
function planTrainings({ recipe, data }: RunContext, given: Model | null): Map<Role, PlannedTraining> {
  const { size } = recipe.data.image;
  const classes = data.classes.length;
  const planned = (model: ModelRecipe) =>
    previewModel(model, classes, size).reduce((sum, { macs }) => sum + macs, 0);
  const student = planned(recipe.student.model);
  const teacher =
    'model' in recipe.teacher ? planned(recipe.teacher.model) : given ? countMacs(given, size) : 0;
  const plan = new Map<Role, PlannedTraining>();
  for (const { role, training } of rolesToTrain(recipe)) {
    const images = data.split.train.length;
    const batchSize = Math.min(training.batchSize, images);
    const steps = Math.floor(images / batchSize) * totalEpochs(training.stages);
    const [learner, helper] = role === 'teacher' ? [teacher, 0] : [student, role === 'student' ? teacher : 0];
    plan.set(role, { steps, macsPerStep: stepMacs(batchSize, learner, helper) });
  }
  return plan;
}

/** Trains one role, or takes it over where an earlier process of this run finished it. */
async function trainRole(
  context: RunContext,
  role: Role,
  training: TrainingRecipe,
  teacher: Model | null,
  plan: ReadonlyMap<Role, PlannedTraining>,
): Promise<Candidate> {
  const { run, recipe, data, workers, signal, emit, log } = context;
  const classNames = data.classes.map(({ name }) => name);
  const weightsFile = run.weightsFile(role);
  const finished = run.finished.find((one) => one.role === role);
  if (finished) return { role, model: await loadModel(weightsFile, classNames), finished, weightsFile };

  const model = await startModel(recipe, role, classNames.length, log);
  const seed = modelSeed(recipe, role);
  const roles = [...plan.keys()];
  const later = roles.slice(roles.indexOf(role) + 1).map((one) => plan.get(one)!);
  const checkpoints = new CheckpointStore(run.checkpointFolder(role));
  const loaders = {
    train: trainingLoader(data, recipe, training, seed, workers),
    validation: validationLoader(data, recipe, workers),
  };
  const outcome = await withLoaders(loaders, ({ train, validation }) =>
    fit({
      model,
      training,
      objective: createObjective({
        distillation: role === 'student' ? recipe.distillation : null,
        teacher: role === 'student' ? teacher : null,
        labelSmoothing: training.labelSmoothing,
      }),
      train,
      validation,
      role,
      seed,
      onEvent: emit,
      checkpoints,
      resume: context.resume,
      onBegin: ({ epoch, step }) => run.rewindMetrics(role, { epoch: epoch - 1, step }),
      signal,
      etaRunSeconds: (secondsPerStep, remainingSteps) =>
        remainingRunSeconds(plan.get(role)!, later, secondsPerStep, remainingSteps),
    }),
  );
  await saveModel(await run.prepare('weights', `${role}.safetensors`), model, { classNames });
  const { bestEpoch, seconds, imagesPerSecond } = outcome;
  const entry = { role, bestEpoch, trainingSeconds: seconds, imagesPerSecond };
  await run.finish(entry);
  await checkpoints.clear();
  return { role, model, finished: entry, weightsFile };
}

function trainTeacher(context: RunContext, plan: ReadonlyMap<Role, PlannedTraining>): Promise<Candidate> {
  const { teacher } = context.recipe;
  if (teacher.source !== 'train') throw new Error('This teacher is not trained.');
  return trainRole(context, 'teacher', teacher.training, null, plan);
}

/** A teacher that is not trained here: read, and kept with the run, so that the run can be judged alone. */
async function givenTeacher(
  { run, data }: RunContext,
  teacher: Exclude<Recipe['teacher'], { source: 'train' }>,
): Promise<Candidate> {
  const role = 'teacher';
  const classNames = data.classes.map(({ name }) => name);
  const weightsFile = run.weightsFile(role);
  const known = run.finished.find((one) => one.role === role);
  if (known) return { role, model: await loadModel(weightsFile, classNames), finished: known, weightsFile };
  const finished = { role, bestEpoch: null, trainingSeconds: null, imagesPerSecond: null } as const;
  const model = await readTeacher(teacher, classNames);
  await saveModel(await run.prepare('weights', `${role}.safetensors`), model, { classNames });
  await run.finish(finished);
  return { role, model, finished, weightsFile };
}

/** The images that the report shows, out of the decoded test images. */
async function keepMistakeImages(
  run: RunFolder,
  data: PreparedData,
  mistakes: RunResult['mistakes'],
): Promise<void> {
  const { size, keys, data: bytes } = data.test;
  const rows = new Map(keys.map((key, row) => [key, row]));
  const length = size * size * 3;
  const images = shownMistakes(mistakes).map((key) => {
    const row = rows.get(key)!;
    // A copy: sharp does not take shared memory.
    return [
      key,
      { width: size, height: size, data: Uint8Array.from(bytes.subarray(row * length, (row + 1) * length)) },
    ] as const;
  });
  await saveMistakeImages(run, Object.fromEntries(images));
}

/** A run that goes on must go on with the same images. Throws RUN_STATE. */
async function checkSameData(run: RunFolder, { report }: PreparedData): Promise<void> {
  const before = await run.dataset();
  if (before === null || before.fingerprint === report.fingerprint) return;
  throw new DistillError(
    'RUN_STATE',
    `The dataset in ${report.path} is not the one that the run began with: its images, labels or their names differ.`,
    'Give the old dataset with --data, or start a new run on this one.',
  );
}

export interface ExecuteOptions {
  resume: boolean;
  signal: AbortSignal;
  emit: (event: RunEvent) => void;
}

/**
 * A run from import to report: what the recipe says, in the run's folder, skipping what an earlier process finished.
 * Throws CANCELLED after an abort, with a checkpoint saved; the caller keeps the run's state.
 */
export async function executeRun(
  run: RunFolder,
  { resume, signal, emit }: ExecuteOptions,
): Promise<RunResult> {
  const { recipe } = run;
  const { backend, threads, workers } = run.runtime;
  const log = (message: string) => emit({ type: 'log', level: 'info', message });
  const phases = phasesOf(recipe);
  const enter = (phase: Phase) => {
    emit({ type: 'phase', phase, index: phases.indexOf(phase), count: phases.length });
    return phaseProgress(phase, emit);
  };
  const choice = await chooseBackend(backend, threads);
  log(`Backend ${choice.name}. ${choice.reason}`);

  let decodeProgress: ReturnType<typeof enter> | null = null;
  const data = await prepareData({
    recipe,
    dataPath: run.dataPath,
    workers,
    signal,
    onImport: enter('import'),
    onDecode: (done, total) => (decodeProgress ??= enter('decode'))(done, total),
  });
  if (resume) await checkSameData(run, data);
  await run.writeDataset(data.report);

  const context: RunContext = { run, recipe, data, workers, resume, signal, emit, log };
  const candidates: Candidate[] = [];
  try {
    enter('teacher');
    const given = recipe.teacher.source === 'train' ? null : await givenTeacher(context, recipe.teacher);
    const plan = planTrainings(context, given?.model ?? null);
    const teacher = given ?? (await trainTeacher(context, plan));
    candidates.push(teacher);
    enter('student');
    candidates.push(await trainRole(context, 'student', recipe.student.training, teacher.model, plan));
    if (recipe.baseline) {
      enter('baseline');
      candidates.push(await trainRole(context, 'baseline', recipe.student.training, null, plan));
    }
    const judged = await judgeModels({
      recipe,
      data,
      candidates,
      workers,
      signal,
      onProgress: enter('evaluate'),
    });
    const result: RunResult = {
      version: 1,
      name: recipe.name,
      startedAt: run.startedAt,
      finishedAt: new Date().toISOString(),
      backend: choice.name,
      classes: data.classes,
      dataset: {
        path: dataPathOf(recipe, run.dataPath),
        format: data.report.format,
        fingerprint: data.report.fingerprint,
        train: data.split.train.length,
        validation: data.split.validation.length,
        test: data.test.count,
      },
      ...judged,
    };
    await keepMistakeImages(run, data, result.mistakes);
    await run.writeResult(result);
    const exported = enter('export');
    await exportRun(run, recipe.exports, null);
    exported(1, 1);
    return result;
  } finally {
    for (const { model } of candidates) model.dispose();
  }
}
