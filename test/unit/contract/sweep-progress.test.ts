import { describe, expect, it } from 'vitest';
import type { RunState } from '../../../electron/contract/run.ts';
import { countMembers, lookAtSweep, secondsLeft } from '../../../electron/contract/sweep/sweep-progress.ts';
import type { SweepMember, SweepStatus } from '../../../electron/contract/sweep/sweep-status.ts';

const member = (state: RunState | null): SweepMember => ({
  ...{
    index: 0,
    setting: 0,
    seed: 1,
    values: {},
    folder: null,
    worker: null,
    error: null,
    stoppedEarly: false,
  },
  state,
});

describe('the progress of a sweep', () => {
  it('counts what has ended, what is at work and what is still to come', () => {
    const states = ['completed', 'completed', 'failed', 'running', 'queued', 'interrupted', null] as const;
    const stopped = { ...member('interrupted'), stoppedEarly: true };
    expect(countMembers([...states.map(member), stopped])).toEqual({
      total: 8,
      stoppedEarly: 1,
      completed: 2,
      failed: 1,
      atWork: 2,
      waiting: 2,
    });
  });

  const atWork = (waiting: number, secondsPerMember: number | null, teacherSecondsLeft = 0): SweepStatus => ({
    ...{ folder: '/s', name: 's', state: 'running', startedAt: '2026-12-01T00:00:00.000Z', error: null },
    ...{ members: new Array<SweepMember>(waiting).fill(member(null)), budgetHours: null },
    ...{ secondsPerMember, teacherSecondsLeft },
  });

  it('has no estimate before a run has completed, and none where nothing works on it', () => {
    expect(secondsLeft(atWork(3, null), [10])).toBeNull();
    expect(secondsLeft({ ...atWork(3, 60), state: 'stopped' }, [])).toBeNull();
  });

  it.each([
    ['one at a time', 3, 60, 0, [20], 200],
    ['two at a time share the rest', 4, 60, 0, [20, 40], 150],
    ['one without an estimate takes the mean', 1, 60, 0, [null], 120],
    ['not before the last one at work has ended', 0, 60, 0, [10, 500], 500],
    ['none at work yet', 2, 60, 0, [], 120],
    ['teachers to be trained are work, too', 2, 60, 300, [20, 40], 240],
  ] as const)('%s', (_, waiting, each, teachers, remaining, seconds) => {
    expect(secondsLeft(atWork(waiting, each, teachers), remaining)).toBe(seconds);
  });

  it('asks the runs at work, and goes on without one that has just ended', async () => {
    const status = { ...atWork(2, 60), members: [...atWork(2, 60).members] };
    status.members.push(...['/a', '/b'].map((folder) => ({ ...member('running'), folder })));
    const details = ({ folder }: { folder: string }) =>
      folder === '/a'
        ? Promise.resolve({ position: { remaining: { seconds: 20 } } })
        : Promise.reject(new Error('gone'));
    const client = { sweeps: { status: () => Promise.resolve(status) }, runs: { details } };
    expect(await lookAtSweep(client as never, '/s', {})).toEqual({ status, etaSeconds: 100 });
  });
});
