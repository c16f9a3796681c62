import { setTimeout as sleep } from 'node:timers/promises';
import { DistillError } from '../../contract/errors.ts';
import { isActive } from '../../contract/run.ts';
import type { Sweep } from '../../contract/sweep/sweep.ts';
import type { ActiveRuns } from '../run/active-runs.ts';
import { RunLock } from '../run-folder/lock.ts';
import { LocalExecutor } from './local-executor.ts';
import { type Member, trainers } from './members.ts';
import type { SweepFolder } from './sweep-folder.ts';
import { Teachers } from './teachers.ts';

/** Milliseconds between two looks at a member that another process holds, and in all: a dead one on another machine is known after 2 minutes. */
const holder = { lookMs: 5000, mostMs: 180_000 };

/** Waits until no living process works on the member. Throws RUN_STATE where one does all the time. */
async function waitForHolder(folder: SweepFolder, index: number, signal: AbortSignal): Promise<void> {
  for (let waited = 0; ; waited += holder.lookMs) {
    const run = await folder.openMember(index);
    if (!run || !isActive(run.state) || !(await RunLock.isHeld(run.folder))) return;
    if (waited >= holder.mostMs)
      throw new DistillError(
        'RUN_STATE',
        `Another process works on member ${index} of the sweep, in ${run.folder}.`,
        'Wait until it has ended.',
        { retryable: true },
      );
    await sleep(holder.lookMs, undefined, { signal });
    await folder.refresh();
  }
}

/** Throws RUN_STATE where a process works on one of the members by itself: a coordinator would run it twice. */
export async function requireIdle(folder: SweepFolder, members: number): Promise<void> {
  for (const [index, run] of (await folder.openMembers(members)).entries())
    if (run && isActive(run.state) && (await RunLock.isHeld(run.folder)))
      throw new DistillError(
        'RUN_STATE',
        `Another process works on member ${index} of the sweep, in ${run.folder}.`,
        "Wait until it has ended, or cancel the cluster's jobs first.",
        { retryable: true },
      );
}

/** Throws RUN_STATE where the member needs a teacher that another member has yet to train. */
function requireTeacher(members: readonly Member[], index: number, teachers: Teachers): void {
  const member = members[index]!;
  if (member.teacherKey === null || teachers.of(member) !== null) return;
  const trainer = trainers(members).find((one) => members[one]!.teacherKey === member.teacherKey)!;
  if (trainer === index) return;
  throw new DistillError(
    'RUN_STATE',
    `Member ${index} of the sweep needs the teacher that member ${trainer} trains, which has not been trained yet.`,
    `Run it first: --index ${trainer}.`,
    { retryable: true },
  );
}

/** Notes that the sweep is completed, once every member has ended. */
async function noteEnd(folder: SweepFolder, members: readonly Member[]): Promise<void> {
  await folder.refresh();
  const runs = await folder.openMembers(members.length);
  if (runs.every((run) => run?.state === 'completed' || run?.state === 'failed'))
    await folder.update({ isCompleted: true, error: null });
}

/** Throws INVALID_INPUT with the field where a sweep needs somebody who looks at all of its members as they run. */
export function requireIndependent({ halving, budget }: Sweep): void {
  const field = halving !== null ? 'halving' : budget.hours !== null ? 'budget.hours' : null;
  if (field === null) return;
  throw new DistillError(
    'INVALID_INPUT',
    `${field}: nobody looks at all members while a cluster's scheduler runs them.`,
    `Leave ${field} out, or run the sweep by "sweep run", on several machines with --queue.`,
  );
}

/**
 * Starts one member of a sweep by itself: a cluster's scheduler runs each in a process of its own. Gives its run's folder, of one that
 * completed before as well, and what ends with it. Throws INVALID_INPUT where there is no such member, RUN_STATE where a coordinator
 * works on the sweep, another process on the member, or where its teacher is missing.
 */
export async function launchMember(
  folder: SweepFolder,
  members: readonly Member[],
  index: number,
  active: ActiveRuns,
  signal: AbortSignal,
): Promise<{ folder: string; ended: Promise<void> }> {
  requireIndependent(folder.sweep);
  if (index >= members.length)
    throw new DistillError(
      'INVALID_INPUT',
      `The sweep has no member ${index}: its members are 0 to ${members.length - 1}.`,
      'members.csv in its folder lists them.',
    );
  if (await RunLock.isHeld(folder.folder))
    throw new DistillError(
      'RUN_STATE',
      `Another process works on the whole sweep "${folder.folder}".`,
      'Stop it first ("distill-studio sweep stop"), or let it run the members.',
    );
  await waitForHolder(folder, index, signal);
  const done = await folder.openMember(index);
  if (done?.state === 'completed') return { folder: done.folder, ended: noteEnd(folder, members) };
  const teachers = await Teachers.find(folder, members);
  requireTeacher(members, index, teachers);
  if (folder.progress.isCompleted) await folder.update({ isCompleted: false });
  const started = await new LocalExecutor(folder, members, teachers, active).launch({
    index,
    pauseAfter: null,
  });
  return { folder: started.folder, ended: started.ended.then(() => noteEnd(folder, members)) };
}
