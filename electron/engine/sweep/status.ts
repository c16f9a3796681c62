import type { SweepMember, SweepState, SweepStatus } from '../../contract/sweep/sweep-status.ts';
import { isActive } from '../../contract/run.ts';
import { breath } from '../../platform/breath.ts';
import { RunLock } from '../run-folder/lock.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { meanSeconds } from './member-seconds.ts';
import { type Member, planMembers, trainers } from './members.ts';
import type { SweepAtWork } from './sweep-at-work.ts';
import type { SweepFolder } from './sweep-folder.ts';

/** Where a sweep stands, without its members. `atWork`: null where it is not at work in this process. */
export async function stateOf(folder: SweepFolder, atWork: SweepAtWork | null): Promise<SweepState> {
  if (atWork) return atWork.isStopping ? 'stopping' : 'running';
  if (folder.progress.isCompleted) return 'completed';
  return (await RunLock.isHeld(folder.folder)) ? 'running' : 'stopped';
}

/** A sweep that is completed leaves no other member interrupted. */
const isStoppedEarly = ({ sweep, progress }: SweepFolder, run: RunFolder | null): boolean =>
  sweep.halving !== null && progress.isCompleted && run?.state === 'interrupted';

/** The same where its members are known: a scheduler may run them without a coordinator. */
async function stateWithRuns(
  folder: SweepFolder,
  atWork: SweepAtWork | null,
  runs: readonly (RunFolder | null)[],
): Promise<SweepState> {
  const state = await stateOf(folder, atWork);
  if (state !== 'stopped') return state;
  for (const run of runs)
    if (run && isActive(run.state) && (await RunLock.isHeld(run.folder))) return 'running';
  return state;
}

/** Where a sweep stands, at work here or not. */
export async function statusOf(folder: SweepFolder, atWork: SweepAtWork | null): Promise<SweepStatus> {
  const planned: readonly Member[] = atWork?.members ?? (await planMembers(folder.sweep));
  const runs = await folder.openMembers(planned.length);
  const members: SweepMember[] = [];
  for (const [index, { setting, seed, values }] of planned.entries()) {
    const run = runs[index] ?? null;
    const { state = null, worker = null, error = null } = run ?? {};
    const place = { index, setting, seed, values, folder: folder.member(index) };
    members.push({ ...place, state, worker, error, stoppedEarly: isStoppedEarly(folder, run) });
    if (breath.isDue) await breath.take();
  }
  const training = trainers(planned);
  const seconds = await meanSeconds(runs, new Set(training));
  const untrained = training.filter((index) => runs[index] === null).length;
  const { startedAt, error } = folder.progress;
  return {
    folder: folder.folder,
    name: folder.sweep.name,
    state: await stateWithRuns(folder, atWork, runs),
    startedAt,
    error,
    members,
    secondsPerMember: seconds.member,
    teacherSecondsLeft: untrained * (seconds.teacher ?? 0),
    budgetHours: folder.sweep.budget.hours,
  };
}
