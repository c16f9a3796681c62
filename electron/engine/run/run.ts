import { existsSync } from 'node:fs';
import { DistillError } from '../../contract/errors.ts';
import { type Phase, phasesOf, type Role } from '../../contract/run.ts';
import type { RunEvent } from '../../contract/events.ts';
import { leakHint, leakSentences } from '../../contract/leaks.ts';
import type { Recipe, TrainingRecipe } from '../../contract/recipe.ts';
import type { RunResult } from '../../contract/result.ts';
import { needsApostrophes, spreadsheetNote } from '../../contract/spreadsheet.ts';
import { totalEpochs } from '../../contract/training-steps.ts';
import { type Choice, withBackend } from '../backend/choose.ts';
import { traceRefusal } from '../backend/trace.ts';
import { createDistillation, type Distillation } from '../distill/distillation.ts';
import { createObjective } from '../distill/objective.ts';
import { liveTeacher, type TeacherSource } from '../distill/teacher.ts';
import { saveMistakeImages, shownMistakes } from '../export/index.ts';
import { saveModel } from '../models/weights/save.ts';
import { throttled } from '../work/progress.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { timeLeft } from '../work/time-left.ts';
import { writeAverages } from '../run-folder/stored-averages.ts';
import { writePredictions } from '../run-folder/stored-predictions.ts';
import { beginProbes, probesFile } from '../run-folder/probe-log.ts';
import { CheckpointStore } from '../train/checkpoint.ts';
import type { Callback } from '../train/callback.ts';
import { fit } from '../train/fit.ts';
import { planRun } from '../estimate/eta.ts';
import { type Candidate, judgeModels } from './judge-models.ts';
import { trainingLoader, validationLoader, withLoaders } from '../inputs/loaders.ts';
import { takeGivenTeacher } from './given-teacher.ts';
import { loadModel, modelSeed, startModel, type Tell } from '../inputs/models.ts';
import { dataPathOf, prepareData, type PreparedData, type PrepareOptions } from '../data/prepared-data.ts';
import { RunClock } from '../estimate/run-clock.ts';
import { writeExports } from './run-exports.ts';
import { refuseErrors, runFindings } from './run-findings.ts';
import { openStoredAnswers } from './stored-answers.ts';
import type { TeacherView } from '../inputs/teacher-view.ts';
import { type Watched, watchAnswers, watchImages, watchTeacher } from './watched-images.ts';

interface RunContext {
  run: RunFolder;
  recipe: Recipe;
  data: PreparedData;
  watched: Watched;
  /** Its name. */
  backend: string;
  workers: number;
  resume: boolean;
  signal: AbortSignal;
  finish: AbortSignal;
  emit: (event: RunEvent) => void;
  log: (message: string) => void;
}

/** What a student learns from besides the labels. */
interface Guide {
  distillation: Distillation;
  teacher: TeacherSource;
  callbacks: readonly Callback[];
  /** How the teacher sees the images; null: as the student does. */
  view: TeacherView | null;
}

/** Tells how far a phase is, with the time that is left of it as far as that can be known. */
const phaseProgress = (
  phase: Phase,
  emit: (event: RunEvent) => void,
  left: (done: number, total: number) => number | null,
) =>
  throttled((done, total) => emit({ type: 'progress', phase, done, total, etaSeconds: left(done, total) }));

const augmentSeedOf = (run: RunFolder, role: Role) => (role === 'teacher' ? null : run.augmentSeed);

/** Trains one role, or takes it over where an earlier process of this run finished it. */
async function trainRole(
  context: RunContext,
  role: Role,
  training: TrainingRecipe,
  guide: Guide | null,
  clock: RunClock,
): Promise<Candidate> {
  const { run, recipe, data, workers, signal, emit, log } = context;
  const tell: Tell = (level, message) => emit({ type: 'log', level, message });
  const classNames = data.classes.map(({ name }) => name);
  const weightsFile = run.weightsFile(role);
  const finished = run.finished.find((one) => one.role === role);
  const checkpoints = new CheckpointStore(run.checkpointFolder(role));
  if (finished) {
    // Left by a process that ended just before it removed them.
    await checkpoints.clear();
    return { role, model: await loadModel(weightsFile, classNames), finished, weightsFile };
  }

  const model = await startModel(recipe, role, classNames.length, tell);
  const seed = modelSeed(recipe, role);
  const loaders = {
    // Student and baseline see the same images, also where stored answers say which.
    train: trainingLoader(data, recipe, {
      role,
      training,
      seed,
      augmentSeed: augmentSeedOf(run, role) ?? seed,
      workers,
      view: guide?.view ?? null,
    }),
    validation: validationLoader(data, recipe, role, workers, guide?.view),
  };
  const outcome = await withLoaders(loaders, ({ train, validation }) =>
    fit({
      model,
      training,
      objective: createObjective({
        distillation: guide?.distillation ?? null,
        teacher: guide?.teacher ?? null,
        labelSmoothing: training.labelSmoothing,
        epochs: totalEpochs(training.stages),
      }),
      train,
      validation,
      role,
      seed,
      onEvent: emit,
      checkpoints,
      resume: context.resume,
      onBegin: ({ epoch, step }) => run.rewindMetrics(role, { epoch: epoch - 1, step }),
      trace: run.runtime.trace !== 'off',
      callbacks: [...(guide?.callbacks ?? []), watchAnswers(context.watched, emit)],
      signal,
      finish: context.finish,
      run: clock.training(role),
    }),
  );
  await saveModel(await run.prepare('weights', `${role}.safetensors`), model, { classNames });
  const { bestEpoch, seconds, imagesPerSecond, cutShort, exploded } = outcome;
  if (cutShort !== null) log(cutShort);
  const entry = {
    role,
    bestEpoch,
    trainingSeconds: seconds,
    imagesPerSecond,
    ...(cutShort !== null && { cutShort }),
    ...(exploded !== null && { exploded }),
  };
  await run.finish(entry);
  await checkpoints.clear();
  return { role, model, finished: entry, weightsFile };
}

function trainTeacher(context: RunContext, clock: RunClock): Promise<Candidate> {
  const { teacher } = context.recipe;
  if (teacher.source !== 'train') throw new Error('This teacher is not trained.');
  return trainRole(context, 'teacher', teacher.training, null, clock);
}

async function trainStudent(
  context: RunContext,
  { model: teacher, view = null }: Candidate,
  clock: RunClock,
): Promise<Candidate> {
  const { run, recipe, emit } = context;
  const finished = run.finished.some(({ role }) => role === 'student');
  const distillation = createDistillation(recipe.distillation, {
    student: recipe.student.model,
    teacher: teacher.recipe,
    seed: modelSeed(recipe, 'student'),
  });
  const wanted = distillation.needs.teacher;
  let source: TeacherSource | null = null;
  try {
    const stored = finished
      ? null
      : await openStoredAnswers({
          ...context,
          teacher,
          wanted,
          view,
          tell: (level, message) => emit({ type: 'log', level, message }),
        });
    const { training } = recipe.student;
    const batchSize = run.runtime.trace === 'off' ? null : training.batchSize;
    source = stored?.teacher ?? liveTeacher(teacher, batchSize, wanted);
    const watched = view ? watchedOf(view.recipe, view.data) : context.watched;
    const callbacks = [...(stored?.callbacks ?? []), watchTeacher(watched, teacher, emit)];
    const guide = { distillation, teacher: source, callbacks, view };
    return await trainRole(context, 'student', training, guide, clock);
  } finally {
    source?.dispose();
    distillation.dispose();
  }
}

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

const validationLeftAside = (images: number): string =>
  `The dataset's own validation part (${images} images) is left aside: the recipe holds out other images (data.split.method).`;

/** Whether the baseline's training is to be left out: the run is to finish, and it has not begun. */
const leavesOutBaseline = ({ run, finish }: RunContext): boolean =>
  finish.aborted &&
  !run.finished.some(({ role }) => role === 'baseline') &&
  !existsSync(run.checkpointFolder('baseline'));

/** In sentences, what a run that was asked to finish lacks of its recipe. */
function shortfall(recipe: Recipe, candidates: readonly Candidate[]): string[] {
  const ofPair = candidates.filter(({ role }) => role !== 'teacher');
  const sentences = candidates.flatMap(({ finished }) => finished.cutShort ?? []);
  if (recipe.baseline && ofPair.length < 2) {
    sentences.push('The baseline was left out: the run was asked to finish before its training began.');
  } else if (recipe.baseline && ofPair.some(({ finished }) => finished.cutShort !== undefined)) {
    sentences.push(
      'Student and baseline were not both trained to the end, so the comparison of the two says little about distillation.',
    );
  }
  return sentences;
}

/** Of the held-out part; of the training part where nothing is held out. */
function watchedOf(recipe: Recipe, { pool, split }: PreparedData): Watched {
  const candidates = split.validation.length > 0 ? split.validation : split.train;
  return watchImages(pool, candidates, recipe.data.image, recipe.seed);
}

export interface ExecuteOptions {
  resume: boolean;
  signal: AbortSignal;
  /** Ends trainings early, as `runs.stop` says of its mode finish. */
  finish: AbortSignal;
  emit: (event: RunEvent) => void;
}

/**
 * A run from import to report: what the recipe says, in the run's folder, skipping what an earlier process finished.
 * Throws CANCELLED after an abort, with a checkpoint saved; the caller keeps the run's state.
 */
export function executeRun(run: RunFolder, options: ExecuteOptions): Promise<RunResult> {
  const { backend, threads } = run.runtime;
  return withBackend(backend, threads, (choice) => executeOn(choice, run, options));
}

async function executeOn(
  choice: Choice,
  run: RunFolder,
  { resume, signal, finish, emit }: ExecuteOptions,
): Promise<RunResult> {
  const { recipe } = run;
  const { workers, memory } = run.runtime;
  const log = (message: string) => emit({ type: 'log', level: 'info', message });
  const phases = phasesOf(recipe);
  const enter = (phase: Phase, left: Parameters<typeof phaseProgress>[2] = timeLeft()) => {
    emit({ type: 'phase', phase, index: phases.indexOf(phase), count: phases.length });
    return phaseProgress(phase, emit, left);
  };
  log(`Backend ${choice.name}. ${choice.reason}`);
  const untraced = traceRefusal(run.runtime.trace);
  if (untraced !== null) emit({ type: 'log', level: 'warn', message: untraced });

  const prepare: PrepareOptions = {
    recipe,
    dataPath: run.dataPath,
    workers,
    memory,
    before: resume ? await run.dataset() : null,
    signal,
  };
  const data = await prepareData({
    ...prepare,
    onImport: enter('import'),
  });
  const context: RunContext = {
    run,
    recipe,
    data,
    watched: watchedOf(recipe, data),
    backend: choice.name,
    workers,
    resume,
    signal,
    finish,
    emit,
    log,
  };
  const candidates: Candidate[] = [];
  try {
    if (resume) await checkSameData(run, data);
    if (run.finished.length === 0) {
      const findings = await runFindings(recipe, data);
      refuseErrors(findings);
      for (const { message, hint } of findings)
        emit({ type: 'log', level: 'warn', message: `${message} ${hint}` });
    }
    await run.writeDataset(data.report);
    if (data.leftAside > 0) log(validationLeftAside(data.leftAside));
    const { leaks } = data.report;
    for (const message of leakSentences(leaks, recipe.data.dropLeaks)) log(message);
    if (!recipe.data.dropLeaks && leaks.some(({ sameBytes }) => !sameBytes)) log(leakHint);
    beginProbes(run.path(probesFile), context.watched.images);
    enter('teacher');
    const tell: Tell = (level, message) => emit({ type: 'log', level, message });
    const given =
      recipe.teacher.source === 'train'
        ? null
        : await takeGivenTeacher({ run, teacher: recipe.teacher, data, prepare, tell });
    const plan = planRun(recipe, data, given, run.runtime.trace !== 'off');
    const clock = new RunClock({ plan, emit });
    const teacher = given ?? (await trainTeacher(context, clock));
    candidates.push(teacher);
    enter('student');
    candidates.push(await trainStudent(context, teacher, clock));
    if (recipe.baseline && !leavesOutBaseline(context)) {
      enter('baseline');
      candidates.push(await trainRole(context, 'baseline', recipe.student.training, null, clock));
    }
    const cutShort = shortfall(recipe, candidates);
    const warnings = candidates.flatMap(({ finished }) => finished.exploded ?? []);
    const { judged, predictions, averages } = await judgeModels({
      recipe,
      data,
      candidates,
      workers,
      signal,
      onProgress: enter('evaluate', (done, total) => clock.judging(done, total)),
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
      ...(cutShort.length > 0 && { cutShort }),
      ...(warnings.length > 0 && { warnings }),
    };
    const classNames = data.classes.map(({ name }) => name);
    const { keys, hashes } = data.test;
    const answers = { keys, hashes, classNames, models: predictions };
    await writePredictions(run, answers);
    if (averages) await writeAverages(run, answers, averages);
    await keepMistakeImages(run, data, result.mistakes);
    await run.writeResult(result);
    let left: number | null = null;
    const exported = enter('export', () => left);
    if (recipe.exports.includes('csv') && needsApostrophes([...classNames, ...keys])) log(spreadsheetNote);
    await writeExports(context, prepare, ({ done, total }, share) => {
      left = clock.ending(share);
      exported(done, total);
    });
    return await run.result();
  } finally {
    for (const { model, view } of candidates) {
      model.dispose();
      await view?.close();
    }
    await data.close();
  }
}
