import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { quitQuestion, setupQuitGuard } from '../../../electron/main/quit-guard.ts';

/** Electron's app, as far as quitting goes: quit() asks before-quit and ends unless that was prevented. */
class FakeApp extends EventEmitter {
  ended = false;
  quit(): void {
    const event = { prevented: false, preventDefault: () => (event.prevented = true) };
    this.emit('before-quit', event);
    this.ended = !event.prevented;
  }
}

function make(options: {
  platform?: NodeJS.Platform;
  runs?: string[] | Error;
  /** What the engine answers at some time, or never. */
  list?: Promise<string[]>;
  isRunActive?: boolean;
  answer?: 'pause' | 'stay' | Error;
  pause?: (folder: string) => Promise<void>;
}) {
  const app = new FakeApp();
  const done: string[] = [];
  const { runs = [], answer = 'stay' } = options;
  const ask = () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
  const guard = setupQuitGuard({
    platform: options.platform ?? 'linux',
    app,
    activeRuns: () => options.list ?? (runs instanceof Error ? Promise.reject(runs) : Promise.resolve(runs)),
    isRunActive: () => options.isRunActive ?? false,
    ask(asked) {
      done.push(`ask ${asked?.join() ?? 'of some run'}`);
      return ask();
    },
    async pause(folder) {
      await options.pause?.(folder);
      done.push(`pause ${folder}`);
    },
    close(patienceMs) {
      done.push(patienceMs === undefined ? 'close' : `close within ${patienceMs}`);
      return Promise.resolve();
    },
    log: (message) => void done.push(message),
  });
  return { app, done, guard };
}

describe('quitting', () => {
  it('goes on where no run is at work, the engine closed first', async () => {
    const { app, done } = make({});
    app.quit();
    expect(app.ended).toBe(false);
    await vi.waitFor(() => expect(app.ended).toBe(true));
    expect(done).toEqual(['close']);
  });

  it('pauses all runs, then ends', async () => {
    const { app, done } = make({ runs: ['a', 'b'], answer: 'pause' });
    app.quit();
    await vi.waitFor(() => expect(app.ended).toBe(true));
    expect(done).toEqual(['ask a,b', 'pause a', 'pause b', 'close']);
  });

  it('waits until a run has been saved', async () => {
    let saved = (): void => undefined;
    const { app, done } = make({
      runs: ['a'],
      answer: 'pause',
      pause: () => new Promise((resolve) => (saved = resolve)),
    });
    app.quit();
    await vi.waitFor(() => expect(done).toEqual(['ask a']));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(app.ended).toBe(false);
    saved();
    await vi.waitFor(() => expect(app.ended).toBe(true));
  });

  it('stays where the user wants to, and asks again next time', async () => {
    const { app, done, guard } = make({ runs: ['a'], answer: 'stay' });
    app.quit();
    await vi.waitFor(() => expect(done).toEqual(['ask a']));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(app.ended).toBe(false);
    expect(guard.mayCloseLastWindow()).toBe(false);
    await vi.waitFor(() => expect(done).toEqual(['ask a', 'ask a']));
  });

  it('asks once, however often quitting is tried meanwhile', async () => {
    const { app, done } = make({ runs: ['a'], answer: 'pause' });
    app.quit();
    app.quit();
    app.quit();
    await vi.waitFor(() => expect(app.ended).toBe(true));
    expect(done.filter((each) => each.startsWith('ask'))).toHaveLength(1);
  });

  it('asks also where the engine is too busy to list its runs, and gives it time to save', async () => {
    vi.useFakeTimers();
    try {
      const late = { list: new Promise<string[]>(() => undefined), isRunActive: true };
      const { app, done } = make({ ...late, answer: 'pause' });
      app.quit();
      await vi.advanceTimersByTimeAsync(2900);
      expect(done).toEqual([]);
      await vi.advanceTimersByTimeAsync(200);
      expect(app.ended).toBe(true);
      expect(done.slice(1)).toEqual(['ask of some run', 'close within 60000']);
      const staying = make({ ...late, answer: 'stay' });
      staying.app.quit();
      await vi.advanceTimersByTimeAsync(3100);
      expect(staying.app.ended).toBe(false);
      expect(staying.done.at(-1)).toBe('ask of some run');
      const broken = make({ runs: new Error('gone'), isRunActive: true, answer: 'stay' });
      broken.app.quit();
      await vi.advanceTimersByTimeAsync(1);
      expect(broken.done.at(-1)).toBe('ask of some run');
      const idle = make({ ...late, isRunActive: false });
      idle.app.quit();
      await vi.advanceTimersByTimeAsync(3100);
      expect(idle.app.ended).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('stays where the question cannot be asked, and can be tried again', async () => {
    const { app, done, guard } = make({ runs: ['a'], answer: new Error('no window') });
    expect(await guard.settle()).toBe(false);
    expect(done).toEqual(['ask a', 'The question before quitting could not be asked']);
    app.quit();
    await vi.waitFor(() => expect(done).toHaveLength(4));
    expect(app.ended).toBe(false);
  });

  it('names the runs in its question', () => {
    expect(quitQuestion(['/r/signs-1']).message).toBe('A run is in progress.');
    expect(quitQuestion(['/r/a', '/r/b'])).toMatchObject({
      message: '2 runs are in progress.',
      detail: expect.stringMatching(/^a\nb\n\n/) as string,
    });
    expect(quitQuestion(null).detail).toContain('up to a minute');
  });

  it('ends all the same where the engine is gone, no run known of, or cannot pause', async () => {
    const gone = make({ runs: new Error('gone') });
    gone.app.quit();
    await vi.waitFor(() => expect(gone.app.ended).toBe(true));
    const failing = make({ runs: ['a'], answer: 'pause', pause: () => Promise.reject(new Error('no')) });
    failing.app.quit();
    await vi.waitFor(() => expect(failing.app.ended).toBe(true));
    expect(failing.done).toEqual(['ask a', 'a was not paused', 'close']);
  });

  it('is bounded where the engine hangs', async () => {
    vi.useFakeTimers();
    try {
      const { app } = make({ runs: ['a'], answer: 'pause', pause: () => new Promise(() => undefined) });
      app.quit();
      await vi.advanceTimersByTimeAsync(59_000);
      expect(app.ended).toBe(false);
      await vi.advanceTimersByTimeAsync(2000);
      expect(app.ended).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('serves updates, which install only once it is settled', async () => {
    const { guard } = make({ runs: ['a'], answer: 'stay' });
    expect(await guard.settle()).toBe(false);
    const leaving = make({ runs: ['a'], answer: 'pause' });
    expect(await leaving.guard.settle()).toBe(true);
    expect(leaving.guard.mayCloseLastWindow()).toBe(true);
  });

  it('is asked for when the last window closes, except on macOS, where the program stays', () => {
    const elsewhere = make({});
    const quit = vi.spyOn(elsewhere.app, 'quit');
    expect(elsewhere.guard.mayCloseLastWindow()).toBe(false);
    expect(quit).toHaveBeenCalledOnce();
    const mac = make({ platform: 'darwin' });
    const macQuit = vi.spyOn(mac.app, 'quit');
    expect(mac.guard.mayCloseLastWindow()).toBe(true);
    expect(macQuit).not.toHaveBeenCalled();
  });
});
