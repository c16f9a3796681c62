import { expect, it } from 'vitest';
import type { CallContext } from '../../../electron/contract/method.ts';
import { engineMessage } from '../../../electron/host/engine-protocol.ts';
import { watchWork } from '../../../electron/host/watch-work.ts';
import { fakeEngine, fakeSummary } from '../../contract/fake-engine.ts';

const context: CallContext = { signal: new AbortController().signal, progress: () => undefined };
const recipe = {} as never;
const start = { recipe, data: '/d', out: '/o', storedAnswers: null, runtime: null } as never;

/** An engine whose runs end when they are told to. */
function make() {
  const told: boolean[] = [];
  const ends = new Map<string, () => void>();
  let runs = 0;
  const engine = fakeEngine({
    runs: {
      start: () => Promise.resolve({ folder: `/r/${runs++}` }),
      wait: ({ folder }) =>
        new Promise((resolve) => ends.set(folder, () => resolve(fakeSummary({ folder })))),
      list: () => Promise.resolve([]),
      predict: () => Promise.reject(new Error('no such image')),
    },
  });
  return { told, ends, handlers: watchWork(engine, (isWorking) => told.push(isWorking)).handlers };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('tells of a run from its start to its end, whoever waits for it', async () => {
  const { told, ends, handlers } = make();
  expect(await handlers.runs.start(start, context)).toEqual({ folder: '/r/0' });
  expect(told).toEqual([true]);
  await handlers.runs.start(start, context);
  ends.get('/r/0')!();
  await settled();
  expect(told).toEqual([true]);
  ends.get('/r/1')!();
  await settled();
  expect(told).toEqual([true, false]);
});

it('tells of calls that compute, also of those that fail, and not of others', async () => {
  const { told, handlers } = make();
  await handlers.runs.list({ out: '/o' }, context);
  expect(told).toEqual([]);
  const predicted = handlers.runs.predict({} as never, context);
  expect(told).toEqual([true]);
  await expect(predicted).rejects.toThrow('no such image');
  expect(told).toEqual([true, false]);
});

it('tells nothing of a run that was not started', async () => {
  const { told, handlers } = make();
  await expect(handlers.runs.resume({} as never, context)).rejects.toMatchObject({ code: 'INTERNAL' });
  await settled();
  expect(told).toEqual([true, false]);
});

it('is told apart from what else runs over the link', () => {
  expect(engineMessage({ kind: 'working', value: true })).toEqual({ kind: 'working', value: true });
  for (const other of [null, 7, {}, { kind: 'working' }, { channel: 1, kind: 'open' }])
    expect(engineMessage(other)).toBeNull();
});
