import { expect, test } from 'vitest';
import { inPlaceUpdates } from '../../../electron/engine/backend/onnxruntime/in-place-updates.ts';

// w: a variable of the step; its new values are called w1.

const node = (line: string) => {
  const [outputs, op, inputs] = line.split(/ = | <- /) as [string, string, string];
  return { op, inputs: inputs.split(' '), outputs: outputs.split(' ') };
};

/** 'y = Op <- a b': which of the updates may be in place. */
const safe = (lines: string[], updates = [{ input: 'w', output: 'w1' }]) => [
  ...inPlaceUpdates(lines.map(node), updates),
];

test('a chain that ends in an elementwise node', () => {
  expect(safe(['a = Mul <- w beta', 'w1 = Add <- a g'])).toEqual(['w']);
  expect(safe(['w1 = Sub <- w g'])).toEqual(['w']);
});

test('a node that may write before it has read all', () => {
  expect(safe(['w1 = MatMul <- w g'])).toEqual([]);
  expect(safe(['a = Mul <- w beta', 'w1 = Transpose <- a'])).toEqual([]);
});

test('another reader must come before the writer, whatever the order of the list', () => {
  // The reader feeds the writer.
  expect(safe(['y = MatMul <- x w', 'g = Relu <- y', 'w1 = Sub <- w g'])).toEqual(['w']);
  // It does not: the runtime may let it read the new values.
  expect(safe(['dx = MatMul <- dy w', 'w1 = Sub <- w g'])).toEqual([]);
  expect(safe(['w1 = Sub <- w g', 'dx = MatMul <- dy w'])).toEqual([]);
});

test('a reader that needs the new values reads the old ones too late', () => {
  expect(safe(['w1 = Sub <- w g', 'y = Add <- w1 w'])).toEqual([]);
});

test('a reader of a view is a reader', () => {
  const writer = 'w1 = Sub <- w g';
  expect(safe(['row = Reshape <- w shape', 'y = MatMul <- x row', writer])).toEqual([]);
  expect(safe(['row = Reshape <- w shape', 'g = MatMul <- x row', writer])).toEqual(['w']);
  expect(
    safe(['a = Reshape <- w shape', 'b = Identity <- a', 'c = Squeeze <- b', 'y = Relu <- c', writer]),
  ).toEqual([]);
  // What comes out of another node is a copy.
  expect(
    safe(['t = Transpose <- w', 'r = Reshape <- t shape', 'g = Relu <- t', writer, 'y = Relu <- r']),
  ).toEqual(['w']);
});

test('the writer may read the variable through a view', () => {
  expect(safe(['row = Reshape <- w shape', 'w1 = Add <- row g'])).toEqual(['w']);
});

test('new values that are a view of others are not written by a node of their own', () => {
  expect(safe(['a = Sub <- w g', 'w1 = Reshape <- a shape'])).toEqual([]);
});

test('a variable that nobody reads, and an output that is an input', () => {
  expect(safe(['w1 = Add <- g h'])).toEqual(['w']);
  expect(safe([], [{ input: 'w', output: 'w' }])).toEqual([]);
});

test('several variables at once, by themselves', () => {
  const lines = ['a = Mul <- m beta', 'm1 = Add <- a g', 'w1 = Sub <- w m1', 'dx = MatMul <- dy w'];
  const updates = [
    { input: 'm', output: 'm1' },
    { input: 'w', output: 'w1' },
  ];
  expect(safe(lines, updates)).toEqual(['m']);
});

test('of two variables, the one must not be overwritten before the other is computed from it', () => {
  // w1 is computed from m, m1 from g alone: m1 may be written first.
  const lines = ['m1 = Add <- g h', 'w1 = Sub <- w m'];
  const updates = [
    { input: 'm', output: 'm1' },
    { input: 'w', output: 'w1' },
  ];
  expect(safe(lines, updates)).toEqual(['w']);
});
