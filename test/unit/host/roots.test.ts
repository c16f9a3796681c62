import { expect, it, vi } from 'vitest';
import type { Settings } from '../../../electron/contract/library.ts';
import type { Client } from '../../../electron/contract/services.ts';
import { fileRoots } from '../../../electron/host/roots.ts';

it("gives the settings' folders, also while the engine is away or busy", async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  let runsFolder = '/a';
  const settings = vi.fn<Client['system']['settings']>(() =>
    Promise.resolve({ runsFolder, dataFolder: '/data' } as Settings),
  );
  let isAway = true;
  const roots = fileRoots(() => {
    if (isAway) throw new Error('away');
    return { system: { settings } as unknown as Client['system'] };
  }, ['/more']);
  expect(await roots()).toEqual(['/more']);
  isAway = false;
  expect(await Promise.all([roots(), roots()])).toEqual(Array(2).fill(['/a', '/data', '/more']));
  expect(settings).toHaveBeenCalledTimes(1);

  runsFolder = '/b';
  vi.advanceTimersByTime(10_000);
  expect(await roots()).toEqual(['/b', '/data', '/more']);
  vi.advanceTimersByTime(10_000);
  settings.mockReturnValueOnce(new Promise(() => undefined));
  expect(await roots()).toEqual(['/b', '/data', '/more']);
  isAway = true;
  expect(await roots()).toEqual(['/b', '/data', '/more']);
  vi.useRealTimers();
});
