import { describe, expect, it, vi } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import type { RunState } from '../../../electron/contract/events.ts';
import type { RunSummary, Settings } from '../../../electron/contract/library.ts';
import { pauseRun, type RunsClient } from '../../../electron/main/active-runs.ts';
import { RunActivity } from '../../../electron/main/run-activity.ts';

const run = (folder: string, state: RunState, error: RunSummary['error'] = null): RunSummary => ({
  folder,
  name: folder.slice(1),
  state,
  startedAt: '',
  updatedAt: '',
  error,
  accuracy: { teacher: null, student: null, baseline: null },
  architectures: { teacher: null, student: 'resnet18' },
  studentBytes: null,
  bytes: 0,
  dataset: null,
});

function make(runs: RunSummary[]) {
  const done: string[] = [];
  const ends = new Map<string, { end: (summary: RunSummary) => void; fail: (error: Error) => void }>();
  const settings = { runsFolder: '/runs' } as Settings;
  const client: RunsClient = {
    system: { settings: () => Promise.resolve(settings) },
    runs: {
      list: ({ out }) => Promise.resolve(out === '/runs' ? runs : []),
      stop: ({ folder, mode }) => {
        done.push(`stop ${folder} ${mode ?? ''}`);
        return Promise.resolve(null);
      },
      wait: ({ folder }) =>
        new Promise((end, fail) => {
          ends.set(folder, { end, fail });
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
    notify: ({ body }) => void done.push(`notify ${body}`),
    onChange: () => void done.push('change'),
    log: () => undefined,
  });
  return { activity, client, done, ends, lose: () => (engine = null) };
}

describe('RunActivity', () => {
  it('keeps the program awake while a run is at work, and says when it ended', async () => {
    const { activity, done, ends } = make([run('/a', 'running'), run('/b', 'completed')]);
    activity.show({ active: true, fraction: null, title: 'a' });
    activity.show({ active: true, fraction: 0.25, title: 'a' });
    expect(done).toEqual(['start prevent-app-suspension', 'change', 'progress 2', 'progress 0.25']);
    await vi.waitFor(() => expect([...ends.keys()]).toEqual(['/a']));
    ends.get('/a')!.end(run('/a', 'completed'));
    await vi.waitFor(() => expect(activity.isActive).toBe(false));
    expect(done.slice(4)).toEqual(['stop 7', 'progress -1', 'change', 'notify a completed.']);
  });

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
    expect(done.at(-1)).toBe('notify a failed. The disk is full.');
  });

  it('ends with the engine', async () => {
    const { activity, done, ends } = make([run('/a', 'running')]);
    activity.show({ active: true, fraction: 0.5, title: 'a' });
    await vi.waitFor(() => expect(ends.size).toBe(1));
    ends.get('/a')!.fail(new DistillError('ENGINE_GONE', 'gone'));
    await vi.waitFor(() => expect(activity.isActive).toBe(false));
    expect(done.at(-1)).toBe('notify The engine stopped: a can be resumed.');
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
