import { expect, it, vi } from 'vitest';
import { excessOf, limited, messageLimits } from '../../../electron/rpc/limits.ts';
import { memoryTransports } from '../../../electron/rpc/memory.ts';

const { depth, values, characters } = messageLimits;
const arrays = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

it.each([
  ['a greeting', '{"kind":"hello","version":1}', null],
  ['as deep as may be', arrays(depth), null],
  ['one level more', arrays(depth + 1), 'nests more than'],
  ['20,000 levels', arrays(20_000), 'nests more than'],
  ['only opened', '{"a":'.repeat(20_000), 'nests more than'],
  ['many side by side', `[${'[],'.repeat(depth * 4)}[]]`, null],
  ['brackets in a text', JSON.stringify('['.repeat(1000)), null],
  ['quotation marks in a text', JSON.stringify('"['.repeat(1000)), null],
  ['backslashes at the end of a text', `["\\\\","${'['.repeat(1000)}"]`, null],
  ['a text without an end', `"${'['.repeat(1000)}`, null],
  ['as many values as may be', `[${'0,'.repeat(values - 2)}0]`, null],
  ['too many values', `[${'0,'.repeat(values)}0]`, 'values'],
  ['too many names', `{${'"a":0,'.repeat(values)}"b":0}`, 'values'],
  ['too long', `"${'a'.repeat(characters)}"`, 'characters'],
])('tells of a text that is %s', (_what, text, expected) => {
  if (expected === null) expect(excessOf(text)).toBeNull();
  else expect(excessOf(text)).toContain(expected);
});

it('tells the same of values that no text carried', () => {
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  expect(excessOf({ loop })).toContain('nests more than');
  // Reached by 2^40 ways, although there are 40 lists only.
  let many: unknown = [];
  for (let i = 0; i < 40; i++) many = [many, many];
  expect(excessOf(many)).toContain('values');
  expect(excessOf(JSON.parse(arrays(depth)))).toBeNull();
  expect(excessOf(JSON.parse(arrays(depth + 1)))).toContain('nests more than');
  expect(excessOf(['a'.repeat(characters), 'b'])).toContain('characters');
  expect(excessOf({ ['a'.repeat(characters + 1)]: 0 })).toContain('characters');
  expect(excessOf(Buffer.alloc(1000))).toBe('is not of JSON');
  for (const plain of [null, undefined, 7, true, 1n, { kind: 'ping', answer: false }])
    expect(excessOf(plain)).toBeNull();
});

it('closes the connection whose receiver throws, and passes nothing on afterwards', async () => {
  const [near, far] = memoryTransports();
  const log = vi.fn();
  const receive = vi.fn(() => {
    throw new Error('in a listener');
  });
  const closed = new Promise<void>((resolve) => near.onClose(resolve));
  limited(far, log).onMessage(receive);
  near.post({ kind: 'ping', answer: false });
  near.post({ kind: 'ping', answer: false });
  await closed;
  expect(receive).toHaveBeenCalledOnce();
  expect(log).toHaveBeenCalledWith(expect.stringContaining('A message failed'), expect.any(Error));
});
