import { expect, it, vi } from 'vitest';
import type { Client } from '../../../electron/contract/services.ts';
import { fileRoots } from '../../../electron/host/roots.ts';

it('gives what the engine calls readable, also while the engine is away or busy', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  let runsFolder = '/a';
  const readable = vi.fn<Client['system']['readable']>(() =>
    Promise.resolve({ paths: [runsFolder, '/data'] }),
  );
  let isAway = true;
  const roots = fileRoots(() => {
    if (isAway) throw new Error('away');
    return { system: { readable } as unknown as Client['system'] };
  }, ['/more']);
  expect(await roots()).toEqual(['/more']);
  isAway = false;
  expect(await Promise.all([roots(), roots()])).toEqual(Array(2).fill(['/a', '/data', '/more']));
  expect(readable).toHaveBeenCalledTimes(1);

  runsFolder = '/b';
  expect(await roots()).toEqual(['/a', '/data', '/more']);
  expect(await roots({ fresh: true })).toEqual(['/b', '/data', '/more']);
  vi.advanceTimersByTime(10_000);
  expect(await roots()).toEqual(['/b', '/data', '/more']);
  vi.advanceTimersByTime(10_000);
  readable.mockReturnValueOnce(new Promise(() => undefined));
  expect(await roots()).toEqual(['/b', '/data', '/more']);
  isAway = true;
  expect(await roots()).toEqual(['/b', '/data', '/more']);
  vi.useRealTimers();
});
