import type { Phase } from '../../contract/run.ts';
import { mapConcurrently } from '../../platform/concurrent.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { mean } from './seed-summary.ts';

/** Members whose phases are read at the same time. */
const atOnce = 64;

/** Seconds of work on a run, by all processes that worked on it; `phase`: in that one alone. */
export async function secondsOf(run: RunFolder, phase: Phase | null = null): Promise<number> {
  const ended = (await run.phases()).flatMap(({ phase: own, startedAt, endedAt }) =>
    endedAt === null || (phase !== null && own !== phase)
      ? []
      : [(Date.parse(endedAt) - Date.parse(startedAt)) / 1000],
  );
  return ended.reduce((sum, seconds) => sum + seconds, 0);
}

interface MeanSeconds {
  /** Of a completed member; null before the first. */
  member: number | null;
  /** Of a teacher; null before one has been trained. */
  teacher: number | null;
}

/** What completed members took. A member among `trainers` trained the teacher that others have from it: that is counted apart. */
export async function meanSeconds(
  runs: readonly (RunFolder | null)[],
  trainers: ReadonlySet<number>,
): Promise<MeanSeconds> {
  const completed = [...runs.entries()].filter(([, run]) => run?.state === 'completed');
  const took = await mapConcurrently(completed, atOnce, async ([index, run]) => {
    const teacher = trainers.has(index) ? await secondsOf(run!, 'teacher') : null;
    return { teacher, rest: (await secondsOf(run!)) - (teacher ?? 0) };
  });
  const meanOf = (seconds: readonly number[]) => (seconds.length === 0 ? null : mean(seconds));
  return {
    member: meanOf(took.map(({ rest }) => rest)),
    teacher: meanOf(took.map(({ teacher }) => teacher).filter((seconds) => seconds !== null)),
  };
}
