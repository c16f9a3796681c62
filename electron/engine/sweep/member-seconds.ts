import type { RunFolder } from '../run-folder/run-folder.ts';

/** Seconds of work on a run, by all processes that worked on it. */
export async function secondsOf(run: RunFolder): Promise<number> {
  const ended = (await run.phases()).flatMap(({ startedAt, endedAt }) =>
    endedAt === null ? [] : [(Date.parse(endedAt) - Date.parse(startedAt)) / 1000],
  );
  return ended.reduce((sum, seconds) => sum + seconds, 0);
}
