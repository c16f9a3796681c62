import { expect, it, onTestFinished, vi } from 'vitest';
import { JsonText } from '../../../electron/contract/json-text.ts';
import type { RunMetrics } from '../../../electron/contract/metrics.ts';
import { breath } from '../../../electron/platform/breath.ts';
import { connect } from '../../../electron/rpc/connect.ts';
import { jsonPieces } from '../../../electron/rpc/json-pieces.ts';
import { memoryTransports } from '../../../electron/rpc/memory.ts';
import { serve } from '../../../electron/rpc/serve.ts';
import { fakeEngine, type Overrides } from '../../contract/fake-engine.ts';

const count = 12_345;
const numbers = Array.from({ length: count }, (_, i) => i / 7);

it("writes JSON.stringify's text, whatever its shape, no piece longer than a few milliseconds' work", () => {
  const row = { 'a "name"': [1, null, Number.NaN, undefined], nothing: undefined, empty: {}, none: [] };
  const values: unknown[] = [
    null,
    undefined,
    'text',
    row,
    [numbers, [], {}],
    { first: undefined, numbers, rows: Array.from({ length: 3000 }, () => row), last: true },
    Object.fromEntries(numbers.map((value, i) => [`key ${i}`, value])),
    { nothing: undefined, list: Array.from({ length: count }, () => undefined) },
    Array.from({ length: 30 }, () => 'x'.repeat(20_000)),
  ];
  for (const value of values) {
    const pieces = [...jsonPieces(value)];
    expect(pieces.join('')).toBe(value === undefined ? 'null' : JSON.stringify(value));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(300_000);
  }
});

it('passes on text that is a part of a value', () => {
  const text = new JsonText(['{"parts"', ':[1,2]}']);
  const pieces = jsonPieces({ before: 1, text, list: [text, null] });
  expect([...pieces].join('')).toBe('{"before":1,"text":{"parts":[1,2]},"list":[{"parts":[1,2]},null]}');
});

const metrics = { steps: [], epochs: [], points: 1, numbers } as RunMetrics;

function clientOf(runs: Overrides['runs']) {
  const [near, far] = memoryTransports();
  serve(far, fakeEngine({ ...(runs && { runs }) }));
  const client = connect(near);
  onTestFinished(() => client.close());
  return client;
}

it('gives a large result that is to be passed on as it came, and passes it on', async () => {
  const list = () => Promise.resolve([]);
  const worker = clientOf({ metrics: () => Promise.resolve(metrics), list });
  const engine = clientOf({
    metrics: (input) => worker.runs.metrics(input, { unparsed: true }),
    list: (input) => worker.runs.list(input, { unparsed: true }),
  });
  expect(await worker.runs.metrics({ folder: '/r' }, { unparsed: true })).toBeInstanceOf(JsonText);
  expect(await engine.runs.metrics({ folder: '/r' })).toEqual(metrics);
  expect(await engine.runs.list({ out: '/r' })).toEqual([]);
});

it('lets others have their turn while a large result is written and sent', async () => {
  // As on a machine that is so slow that every piece takes long.
  vi.spyOn(breath, 'isDue', 'get').mockReturnValue(true);
  const take = vi.spyOn(breath, 'take');
  onTestFinished(() => void vi.restoreAllMocks());
  const client = clientOf({ metrics: () => Promise.resolve(metrics), active: () => Promise.resolve([]) });
  const answered: string[] = [];
  const large = client.runs.metrics({ folder: '/r' }).then((value) => (answered.push('large'), value));
  const small = client.runs.active({}).then(() => answered.push('small'));
  expect(await large).toEqual(metrics);
  await small;
  expect(answered).toEqual(['small', 'large']);
  expect(take.mock.calls.length).toBeGreaterThanOrEqual(count / 500);
});
