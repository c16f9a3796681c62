import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { setupUpdates, type Updater } from '../../../electron/main/updates.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class FakeUpdater extends EventEmitter implements Updater {
  readonly done: string[] = [];
  fault: Error | null = null;
  setFeedURL({ url }: { url: string }): void {
    // As Squirrel.Mac's does in an unsigned program; without a listener that would be thrown.
    if (url.includes('unsigned')) this.emit('error', new Error('no signature'));
    if (url.includes('refused')) throw new Error('refused');
    this.done.push(`feed ${url}`);
  }
  checkForUpdates(): Promise<void> {
    this.done.push('look');
    return this.fault ? Promise.reject(this.fault) : Promise.resolve();
  }
  quitAndInstall(): void {
    this.done.push('install');
  }
}

function make(
  feed: string | null,
  answers: { ask?: boolean | Error; settle?: boolean; isSupported?: boolean } = {},
) {
  const updater = new FakeUpdater();
  const log: string[] = [];
  const { ask = true, settle = true, isSupported = true } = answers;
  const set = () =>
    setupUpdates({
      feed,
      updater: isSupported ? updater : null,
      ask: () => (ask instanceof Error ? Promise.reject(ask) : Promise.resolve(ask)),
      settle: () => Promise.resolve(settle),
      log: (message) => void log.push(message),
    });
  return { updater, log, set };
}

it('are looked for once a day where a feed by https is set, else never', async () => {
  const { updater, set } = make('https://updates.example/mac');
  set();
  await vi.advanceTimersByTimeAsync(24 * 3_600_000);
  expect(updater.done).toEqual(['feed https://updates.example/mac', 'look', 'look']);
  for (const feed of [null, 'http://updates.example/mac']) {
    const off = make(feed);
    off.set();
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(off.updater.done).toEqual([]);
    if (feed !== null) expect(off.log).toEqual([expect.stringContaining('not an https address')]);
  }
  const unsupported = make('https://updates.example/', { isSupported: false });
  unsupported.set();
  expect(unsupported.log).toEqual([expect.stringContaining('do not update themselves')]);
});

it.each<[boolean | Error, boolean, boolean]>([
  [true, true, true],
  [false, true, false],
  [true, false, false],
  [new Error('no window'), true, false],
])('are installed where the user says so and no run goes on: %s, %s', async (ask, settle, isInstalled) => {
  const { updater, set } = make('https://updates.example/', { ask, settle });
  set();
  updater.emit('update-downloaded');
  await vi.advanceTimersByTimeAsync(1);
  expect(updater.done.includes('install')).toBe(isInstalled);
});

it('that cannot be had are logged, and nothing fails', async () => {
  for (const feed of ['https://unsigned.example/', 'https://refused.example/']) {
    const { log, set } = make(feed);
    expect(set).not.toThrow();
    expect(log).toEqual(['Looking for updates failed']);
  }
  const offline = make('https://updates.example/');
  offline.updater.fault = new Error('offline');
  offline.set();
  await vi.advanceTimersByTimeAsync(1);
  expect(offline.log).toEqual(['Looking for updates failed']);
});
