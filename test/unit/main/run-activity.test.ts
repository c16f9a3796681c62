import { describe, expect, it, vi } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import type { RunState } from '../../../electron/contract/run.ts';
import type { RunSummary } from '../../../electron/contract/run-summary.ts';
import { fakeSummary } from '../../contract/fake-engine.ts';
import { pauseRun, type RunsClient } from '../../../electron/main/active-runs.ts';
import { RunActivity } from '../../../electron/main/run-activity.ts';

const run = (folder: string, state: RunState, error: RunSummary['error'] = null): RunSummary =>
  fakeSummary({ folder, name: folder.slice(1), state, error });

function make(runs: RunSummary[]) {
  const done: string[] = [];
  const ends = new Map<string, { end: (summary: RunSummary) => void; fail: (error: Error) => void }>();
  const client: RunsClient = {
    runs: {
      active: () => Promise.resolve(runs),
      stop: ({ folder, mode }) => {
        done.push(`stop ${folder} ${mode ?? ''}`);
        return Promise.resolve(null);
      },
      wait: ({ folder }) =>
        new Promise((end, fail) => {
          ends.set(folder, {
            end(summary) {
              runs = runs.filter((one) => one.folder !== folder);
              end(summary);
            },
            fail,
          });
        }),
    },
  };
  let engine: RunsClient | null = client;
  const activity = new RunActivity({
    client() {
      if (!engine) throw new DistillError('ENGINE_GONE', 'gone');
      return engine;
    },
    powerSaveBlocker: {
      start(kind) {
        done.push(`start ${kind}`);
        return 7;
      },
      stop: (id) => done.push(`stop ${id}`),
    },
    setProgress: (fraction) => done.push(`progress ${fraction}`),
    notify: ({ title, body }, folder) => void done.push(`notify ${folder} ${title}: ${body}`),
    onChange: () => void done.push('change'),
    log: () => undefined,
  });
  return {
    activity,
    client,
    done,
    ends,
    queue: (one: RunSummary) => runs.push(one),
    lose: () => (engine = null),
  };
}

describe('RunActivity', () => {
  it('keeps the program awake while a run is at work, and says when it ended', async () => {
    const { activity, done, ends } = make([run('/a', 'running')]);
    activity.show({ active: true, fraction: null, title: 'a' });
    activity.show({ active: true, fraction: 0.25, title: 'a' });
    expect(done).toEqual(['start prevent-app-suspension', 'change', 'progress 2', 'progress 0.25']);
    await vi.waitFor(() => expect([...ends.keys()]).toEqual(['/a']));
    const accuracy = { teacher: null, student: 0.91234, baseline: null };
    ends.get('/a')!.end({ ...run('/a', 'completed'), accuracy });
    await vi.waitFor(() => expect(activity.isActive).toBe(false));
    expect(done.slice(4)).toEqual([
      'stop 7',
      'progress -1',
      'change',
      'notify /a a is done: Student accuracy: 91.23 %.',
    ]);
  });

  it('follows a run that waited for the first, also where no page reports it', async () => {
    const { activity, done, ends } = make([run('/a', 'running')]);
    activity.show({ active: true, fraction: 0.5, title: 'a' });
    await vi.waitFor(() => expect(ends.size).toBe(1));
    const waiting = make([run('/a', 'running'), run('/b', 'queued')]);
    waiting.activity.show({ active: true, fraction: 0.5, title: 'a' });
    await vi.waitFor(() => expect([...waiting.ends.keys()]).toEqual(['/a', '/b']));
    waiting.ends.get('/a')!.end(run('/a', 'completed'));
    await vi.waitFor(() => expect(waiting.done.at(-1)).toContain('a is done'));
    expect(waiting.activity.isActive).toBe(true);
    expect(waiting.done.filter((each) => each.startsWith('st'))).toEqual(['start prevent-app-suspension']);
    expect(done.filter((each) => each.startsWith('notify'))).toEqual([]);
    activity.show({ active: false, fraction: null, title: '' });
  });

  it('keeps the program awake anew for a run that was queued while it looked elsewhere', async () => {
    const { activity, done, ends, queue } = make([run('/a', 'running')]);
    activity.show({ active: true, fraction: 0.5, title: 'a' });
    await vi.waitFor(() => expect(ends.size).toBe(1));
    queue(run('/b', 'queued'));
    ends.get('/a')!.end(run('/a', 'completed'));
    await vi.waitFor(() => expect(ends.size).toBe(2));
    expect(activity.isActive).toBe(true);
    const asked = () => done.filter((each) => /^(start|stop|change)/.test(each));
    expect(asked()).toEqual([
      'start prevent-app-suspension',
      'change',
      'stop 7',
      'change',
      'start prevent-app-suspension',
      'change',
    ]);
    ends.get('/b')!.end(run('/b', 'completed'));
    await vi.waitFor(() => expect(activity.isActive).toBe(false));
    expect(asked().slice(6)).toEqual(['stop 7', 'change']);
  });

  it.each(['cancelled', 'interrupted'] as const)(
    'says nothing of a run that the user has ended (%s)',
    async (state) => {
      const { activity, done, ends } = make([run('/a', 'running')]);
      activity.show({ active: true, fraction: 0.5, title: 'a' });
      await vi.waitFor(() => expect(ends.size).toBe(1));
      ends
        .get('/a')!
        .end(run('/a', state, { code: 'CANCELLED', message: 'Paused.', hint: '', retryable: false }));
      await vi.waitFor(() => expect(activity.isActive).toBe(false));
      expect(done.filter((each) => each.startsWith('notify'))).toEqual([]);
    },
  );

  it('goes on while a run is at work though the page has stopped telling of it', async () => {
    const { activity, done, ends } = make([run('/a', 'running')]);
    activity.show({ active: true, fraction: 0.5, title: 'a' });
    await vi.waitFor(() => expect(ends.size).toBe(1));
    activity.show({ active: false, fraction: null, title: '' });
    expect(activity.isActive).toBe(true);
    expect(done).not.toContain('stop 7');
    const error = { code: 'DISK_FULL', message: 'The disk is full.', hint: '', retryable: true } as const;
    ends.get('/a')!.end(run('/a', 'failed', error));
    await vi.waitFor(() => expect(activity.isActive).toBe(false));
    expect(done.at(-1)).toBe('notify /a a failed: The disk is full.');
  });

  it('ends with the engine', async () => {
    const { activity, done, ends } = make([run('/a', 'running')]);
    activity.show({ active: true, fraction: 0.5, title: 'a' });
    await vi.waitFor(() => expect(ends.size).toBe(1));
    ends.get('/a')!.fail(new DistillError('ENGINE_GONE', 'gone'));
    await vi.waitFor(() => expect(activity.isActive).toBe(false));
    expect(done.at(-1)).toBe('notify /a a was interrupted: You can resume it from its last checkpoint.');
  });

  it('believes the page where the engine cannot be asked', () => {
    const { activity, done, lose } = make([]);
    lose();
    activity.show({ active: true, fraction: 0.5, title: 'a' });
    expect(activity.isActive).toBe(true);
    activity.show({ active: false, fraction: null, title: '' });
    expect(activity.isActive).toBe(false);
    expect(done.filter((each) => each.startsWith('st'))).toEqual(['start prevent-app-suspension', 'stop 7']);
  });

  it('pauses and waits', async () => {
    const { client, done, ends } = make([]);
    const paused = pauseRun(client, '/a').then(() => done.push('paused'));
    await vi.waitFor(() => expect(ends.size).toBe(1));
    expect(done).toEqual(['stop /a pause']);
    ends.get('/a')!.end(run('/a', 'interrupted'));
    await paused;
    expect(done).toEqual(['stop /a pause', 'paused']);
  });
});
