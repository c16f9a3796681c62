import { expect, test, vi } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../electron/engine/models/weights/safetensors.ts';

function file(header: unknown, data: Uint8Array): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}
const entry = (dtype: string, shape: number[], begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

test('number types are read little-endian', () => {
  const data = Buffer.from('0000803f' + '00c1' + '20c0' + '000000000000e03f' + 'feffffffffffffff', 'hex');
  const header = {
    a: entry('F32', [], 0, 4),
    b: entry('F16', [1], 4, 6),
    c: entry('BF16', [1, 1], 6, 8),
    d: entry('F64', [1], 8, 16),
    e: entry('I64', [1], 16, 24),
    empty: entry('F32', [0, 3], 24, 24),
    __metadata__: { format: 'pt' },
  };
  const { tensors, metadata } = decodeSafetensors(file(header, data), 'x');
  expect([...tensors].map(([name, tensor]) => [name, ...tensor.data])).toEqual([
    ['a', 1],
    ['b', -2.5],
    ['c', -2.5],
    ['d', 0.5],
    ['e', -2],
    ['empty'],
  ]);
  expect(tensors.get('c')!.shape).toEqual([1, 1]);
  expect(metadata).toEqual({ format: 'pt' });
});

test('what is written is laid out by the format and reads back', () => {
  const tensors = new Map([
    ['w', { shape: [1, 2], data: Float32Array.of(1.5, -0) }],
    ['n', { shape: [], data: BigInt64Array.of(7n) }],
  ]);
  const bytes = Buffer.from(encodeSafetensors(tensors, { epoch: '3' }));
  const length = Number(bytes.readBigUInt64LE(0));
  expect(length % 8).toBe(0);
  expect(JSON.parse(bytes.toString('utf8', 8, 8 + length))).toEqual({
    __metadata__: { format: 'pt', epoch: '3' },
    n: { dtype: 'I64', shape: [], data_offsets: [0, 8] },
    w: { dtype: 'F32', shape: [1, 2], data_offsets: [8, 16] },
  });
  expect(bytes.subarray(8 + length).toString('hex')).toBe('0700000000000000' + '0000c03f' + '00000080');
  expect(Object.is(decodeSafetensors(bytes, 'x').tensors.get('w')!.data[1], -0)).toBe(true);
});

const eight = new Uint8Array(8);
test.each([
  ['overlapping tensors', file({ a: entry('F32', [2], 0, 8), b: entry('F32', [1], 4, 8) }, eight)],
  ['a hole', file({ a: entry('F32', [1], 0, 4), b: entry('F32', [1], 8, 12) }, new Uint8Array(12))],
  ['bytes that belong to no tensor', file({ a: entry('F32', [1], 0, 4) }, eight)],
  ['an end beyond the file', file({ a: entry('F32', [4], 0, 16) }, eight)],
  ['offsets that do not make the shape', file({ a: entry('F32', [3], 0, 8) }, eight)],
  ['an end before the begin', file({ a: entry('F32', [2], 8, 0) }, eight)],
  ['a negative side', file({ a: entry('F32', [-2], 0, 8) }, eight)],
  ['sides whose product overflows', file({ a: entry('F32', [2 ** 40, 2 ** 40, 0], 0, 8) }, eight)],
  ['a number for an entry', file({ a: 1 }, eight)],
  ['metadata that are not text', file({ __metadata__: { a: 1 } }, new Uint8Array())],
  ['an array for a header', file([], new Uint8Array())],
  ['a header that is not JSON', file('{"a":', eight)],
  ['a header that is not UTF-8', Buffer.from('0100000000000000ff', 'hex')],
  ['a header longer than the file', Buffer.from('ffffffffffffffff7b7d', 'hex')],
  ['an empty file', Buffer.alloc(0)],
])('%s is refused', (_, bytes) => {
  expect(() => decodeSafetensors(bytes, 'x')).toThrow(
    expect.objectContaining({ code: 'WEIGHTS_CORRUPT' }) as Error,
  );
});

test('an unknown number type is named', () => {
  expect(() => decodeSafetensors(file({ a: entry('F8_E4M3', [8], 0, 8) }, eight), 'x')).toThrow(/F8_E4M3/);
});

test('cut anywhere it is refused', () => {
  const bytes = encodeSafetensors(new Map([['w', { shape: [64], data: new Float32Array(64) }]]));
  for (let cut = 0; cut < bytes.length; cut++) {
    expect(() => decodeSafetensors(bytes.subarray(0, cut), 'x'), `cut at ${cut}`).toThrow(DistillError);
  }
});

test('a header with a million tensors is refused by their number, before it is parsed', () => {
  const entries = Array.from(
    { length: 1_000_000 },
    (_, i) => `"t${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`,
  );
  const bytes = file(`{${entries.join(',')}}`, new Uint8Array());
  const parse = vi.spyOn(JSON, 'parse');
  expect(() => decodeSafetensors(bytes, 'x')).toThrow(/lists 1000000 tensors/);
  expect(parse).not.toHaveBeenCalled();
});
