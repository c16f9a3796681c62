import { Builder } from 'flatbuffers';
import { expect, test } from 'vitest';
import { decode, FlatBufferError } from '../../../electron/engine/flatbuffer/decode.ts';
import { encode } from '../../../electron/engine/flatbuffer/encode.ts';
import type { Schema } from '../../../electron/engine/flatbuffer/schema.ts';
import { random } from '../../../electron/engine/numbers/random.ts';

const schema = {
  identifier: 'TEST',
  root: 'Root',
  tables: {
    Root: {
      flag: '0 bool = true',
      small: '1 byte',
      count: '2 uint = 7',
      wide: '3 long',
      ratio: '4 float',
      name: '5 string',
      bytes: '6 [ubyte]',
      numbers: '7 [int]',
      wides: '8 [long]',
      ratios: '9 [float]',
      names: '10 [string]',
      children: '11 [Child]',
      shape: '13 Shape',
    },
    Child: { name: '0 string' },
    Circle: { radius: '0 float' },
    Square: { side: '2 int' },
  },
  unions: { Shape: { Circle: 1, Square: 4 } },
} as const satisfies Schema;

const value = {
  flag: false,
  small: -3,
  count: 4e9,
  wide: -(2 ** 40),
  ratio: 0.5,
  name: 'Überholverbot',
  bytes: Uint8Array.of(1, 2, 3),
  numbers: [-1, 2 ** 31 - 1],
  wides: [2 ** 52, -1],
  ratios: [0.25, -8],
  names: ['a', ''],
  children: [{ name: 'first' }, { name: 'second' }],
  shape: { type: 'Square', value: { side: 5 } },
} as const;

test('what is written is read', () => {
  expect(decode(schema, encode(schema, value))).toEqual(value);
});

test('fields that are left out have their defaults, in a file of a few bytes', () => {
  const file = encode(schema, {});
  expect(file.length).toBeLessThan(32);
  expect(decode(schema, file)).toEqual({ flag: true, small: 0, count: 7, wide: 0, ratio: 0 });
});

test('bytes lie at a multiple of 16', () => {
  for (let length = 1; length < 20; length++) {
    const bytes = new Uint8Array(length).fill(171);
    const file = encode(schema, { bytes, name: 'x'.repeat(length) });
    expect(Buffer.from(file).indexOf(Buffer.from(bytes)) % 16).toBe(0);
  }
});

test('any damage gives a FlatBufferError or other content, never another error', () => {
  const file = encode(schema, value);
  const noise = random(1, 'damage');
  for (let length = 0; length < file.length - 16; length++)
    expect(() => decode(schema, file.slice(0, length))).toThrow(FlatBufferError);
  for (let round = 0; round < 3000; round++) {
    const damaged = file.slice();
    for (let hit = 0; hit < 3; hit++) damaged[8 + noise.integer(file.length - 8)] = noise.integer(256);
    try {
      decode(schema, damaged);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(FlatBufferError);
    }
  }
});

test('a small file whose lists share their content does not unfold without end', () => {
  const list = {
    identifier: 'LIST',
    root: 'List',
    tables: { List: { of: '0 [List]' } },
    unions: {},
  } as const;
  // Six lists, each of 100 references to the next: 100^6 tables.
  const builder = new Builder();
  let table = 0;
  for (let level = 0; level < 6; level++) {
    builder.startVector(4, 100, 4);
    if (table !== 0) for (let i = 0; i < 100; i++) builder.addOffset(table);
    else for (let i = 0; i < 100; i++) builder.addInt32(0);
    const vector = builder.endVector();
    builder.startObject(1);
    if (table !== 0) builder.addFieldOffset(0, vector, 0);
    table = builder.endObject();
  }
  builder.finish(table, 'LIST');
  const file = builder.asUint8Array();
  expect(file.length).toBeLessThan(4000);
  expect(() => decode(list, file)).toThrow('refer to one another too often');
});
