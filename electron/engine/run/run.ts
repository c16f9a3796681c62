import type { RunEvent } from '../../contract/events.ts';
import type { RunResult } from '../../contract/result.ts';
import { type Choice, withBackend } from '../backend/choose.ts';
import { traceRefusal } from '../backend/trace.ts';
import { prepareData, type PrepareOptions } from '../data/prepared-data.ts';
import type { Log } from '../inputs/models.ts';
import { closeViews } from '../inputs/teacher-view.ts';
import { beginProbes, probesFile } from '../run-folder/probe-log.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { acceptData } from './accept-data.ts';
import { conclude } from './conclude.ts';
import { phaseReporter } from './enter-phase.ts';
import { takeGivenTeacher } from './given-teacher.ts';
import type { Candidate } from './candidate.ts';
import type { RunContext } from './run-context.ts';
import { writeExports } from './run-exports.ts';
import { startClock } from './start-clock.ts';
import { trainBaseline, trainsBaseline } from './train-baseline.ts';
import { trainStudent } from './train-student.ts';
import { trainTeacher } from './train-teacher.ts';
import { watchedOf } from './watched-images.ts';

export interface ExecuteOptions {
  /** Goes on from what an earlier process left. */
  resume: boolean;
  /** The epoch (1-based) of the student after which the run pauses; null: none. */
  pauseAfter: number | null;
  signal: AbortSignal;
  /** Ends trainings early, as the mode finish of `runs.stop` does. */
  finish: AbortSignal;
  emit: (event: RunEvent) => void;
}

/**
 * A run from import to report by its recipe, in the run's folder, skipping what an earlier process finished.
 * Throws CANCELLED after an abort or where it is to pause, with a checkpoint saved; the caller keeps the run's state.
 */
export function executeRun(run: RunFolder, options: ExecuteOptions): Promise<RunResult> {
  const { backend, threads } = run.runtime;
  return withBackend(backend, threads, (choice) => executeOn(choice, run, options));
}

async function executeOn(choice: Choice, run: RunFolder, options: ExecuteOptions): Promise<RunResult> {
  const { resume, signal, emit } = options;
  const { recipe } = run;
  const { workers, memory, trace } = run.runtime;
  const log: Log = (level, message) => emit({ type: 'log', level, message });
  const enter = phaseReporter(recipe, emit);
  log('info', `Backend ${choice.name}. ${choice.reason}`);
  const untraced = traceRefusal(trace);
  if (untraced !== null) log('warn', untraced);

  const prepare: PrepareOptions = {
    recipe,
    dataPath: run.dataPath,
    workers,
    memory,
    before: resume ? await run.dataset() : null,
    signal,
  };
  const data = await prepareData({ ...prepare, onImport: enter('import') });
  const candidates: Candidate[] = [];
  try {
    const watched = watchedOf(recipe, data);
    const context: RunContext = {
      ...options,
      run,
      recipe,
      data,
      watched,
      backend: choice.name,
      workers,
      log,
    };
    await acceptData(context);
    beginProbes(run.path(probesFile), watched.images);
    enter('teacher');
    const given =
      recipe.teacher.source === 'train'
        ? null
        : await takeGivenTeacher({ run, teacher: recipe.teacher, data, prepare, log });
    // Kept before anything else may throw, so that its model is given back.
    if (given) candidates.push(given);
    const clock = startClock(context, given);
    const teacher = given ?? (await trainTeacher(context, prepare, clock));
    if (!given) candidates.push(teacher);
    enter('student');
    candidates.push(await trainStudent(context, teacher, clock));
    if (trainsBaseline(context)) {
      enter('baseline');
      candidates.push(await trainBaseline(context, clock));
    }
    const evaluated = enter('evaluate', (done, total) => clock.evaluation(done, total));
    await conclude(context, candidates, evaluated);
    let left: number | null = null;
    const exported = enter('export', () => left);
    await writeExports(context, prepare, ({ done, total }, parts) => {
      left = clock.ending(parts);
      exported(done, total);
    });
    return await run.result();
  } finally {
    for (const { model, view, views } of candidates) {
      model.dispose();
      await view?.close();
      await closeViews(views ?? []);
    }
    await data.close();
  }
}
