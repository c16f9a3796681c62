import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Attributes, NativeKernel } from '../kernel.ts';
import { isLargeFloat } from '../large-enough.ts';
import type { Emitter } from '../emitter.ts';
import { blockedValue, plainValue, sameShape, type Value } from '../layout.ts';
import { addPlanes } from './planes.ts';

const broadcast = (a: readonly number[], b: readonly number[]): number[] =>
  tf.backend_util.assertAndGetBroadcastShape([...a], [...b]);

type Joined = (e: Emitter, a: Value, b: Value) => Value | null;

/** `join`: another way for such values as it knows. */
function binary(name: string, op: string, join: Joined = () => null): NativeKernel {
  return {
    name,
    inputs: ['a', 'b'],
    accepts: isLargeFloat,
    outputs: ([a, b]) => [{ shape: broadcast(a!.shape, b!.shape), dtype: 'float32' }],
    emit: (e, inputs, _, [output]) => {
      const [a, b] = inputs as [Value, Value];
      const joined = sameShape(a.shape, b.shape) ? join(e, a, b) : null;
      if (joined) return [joined];
      // One blocked operand draws the other along.
      const blocked = sameShape(a.shape, b.shape) && (a.plain === null || b.plain === null) && e.canBlock(a);
      if (blocked) return [blockedValue(a.shape, e.op(op, [e.blocked(a), e.blocked(b)]))];
      return [plainValue(output!.shape, e.op(op, [e.plain(a), e.plain(b)]))];
    },
  };
}

function unary(name: string, apply: (e: Emitter, x: string, attributes: Attributes) => string): NativeKernel {
  return {
    name,
    inputs: ['x'],
    accepts: isLargeFloat,
    outputs: ([x]) => [{ shape: x!.shape, dtype: 'float32' }],
    emit: (e, inputs, attributes) => {
      const [x] = inputs as [Value];
      if (x.plain === null) return [blockedValue(x.shape, apply(e, x.blocked!, attributes))];
      return [plainValue(x.shape, apply(e, x.plain, attributes))];
    },
  };
}

/** 1 above zero, else `alpha`; NaN stays NaN, as tfjs's Step has it. */
function step(e: Emitter, x: string, attributes: Attributes): string {
  const alpha = (attributes['alpha'] as number | undefined) ?? 0;
  const stepped = e.op('Where', [e.op('Greater', [x, e.scalar(0)]), e.scalar(1), e.scalar(alpha)]);
  return e.op('Where', [e.op('IsNaN', [x]), x, stepped]);
}

const squaredDifference: NativeKernel = {
  name: 'SquaredDifference',
  inputs: ['a', 'b'],
  accepts: isLargeFloat,
  outputs: ([a, b]) => [{ shape: broadcast(a!.shape, b!.shape), dtype: 'float32' }],
  emit: (e, [a, b], _, [output]) => {
    const difference = e.op('Sub', [e.plain(a!), e.plain(b!)]);
    return [plainValue(output!.shape, e.op('Mul', [difference, difference]))];
  },
};

const transpose: NativeKernel = {
  name: 'Transpose',
  inputs: ['x'],
  accepts: isLargeFloat,
  outputs: ([x], attributes) => [
    { shape: permutation(attributes).map((axis) => x!.shape[axis]!), dtype: 'float32' },
  ],
  emit: (e, [x], attributes, [output]) => [
    plainValue(output!.shape, e.op('Transpose', [e.plain(x!)], { perm: permutation(attributes) })),
  ],
};

const permutation = (attributes: Attributes) => attributes['perm'] as number[];
const repetitions = (attributes: Attributes) => attributes['reps'] as number[];

const tile: NativeKernel = {
  name: 'Tile',
  inputs: ['x'],
  accepts: ([x], attributes) => isLargeFloat([{ ...x!, shape: tiled(x!, attributes) }]),
  outputs: ([x], attributes) => [{ shape: tiled(x!, attributes), dtype: 'float32' }],
  emit: (e, [x], attributes, [output]) => {
    const repeats = repetitions(attributes);
    const expands = x!.shape.every((dim, i) => dim === 1 || repeats[i] === 1);
    const y = expands
      ? e.op('Expand', [e.plain(x!), e.graph.ints(output!.shape)])
      : e.op('Tile', [e.plain(x!), e.graph.ints(repeats)]);
    return [plainValue(output!.shape, y)];
  },
};

const tiled = (x: TensorInfo, attributes: Attributes) =>
  x.shape.map((dim, i) => dim * repetitions(attributes)[i]!);

/** tfjs hands a list of tensors of one shape to AddN. */
export function addN(count: number): NativeKernel {
  return {
    name: 'AddN',
    inputs: Array.from({ length: count }, (_, i) => String(i)),
    outputs: ([first]) => [{ shape: first!.shape, dtype: 'float32' }],
    emit: (e, inputs) => {
      const first = inputs[0]!;
      const blocked = inputs.some((x) => x.plain === null) && e.canBlock(first);
      const sum = inputs
        .map((x) => (blocked ? e.blocked(x) : e.plain(x)))
        .reduce((a, b) => e.op('Add', [a, b]));
      return [blocked ? blockedValue(first.shape, sum) : plainValue(first.shape, sum)];
    },
  };
}

const softmaxAxis = (attributes: Attributes, key: string) => (attributes[key] as number | undefined) ?? -1;

/** Softmax on an unblocked tensor: its axis is a row-major one. */
function softmax(name: string, op: string, key: string): NativeKernel {
  return {
    name,
    inputs: ['logits'],
    outputs: ([x]) => [{ shape: x!.shape, dtype: 'float32' }],
    emit: (e, [x], attributes) => [
      plainValue(x!.shape, e.op(op, [e.plain(x!)], { axis: softmaxAxis(attributes, key) })),
    ],
  };
}

export const elementwise: NativeKernel[] = [
  binary('Add', 'Add', addPlanes),
  binary('Sub', 'Sub'),
  binary('Multiply', 'Mul'),
  binary('RealDiv', 'Div'),
  binary('Maximum', 'Max'),
  binary('Minimum', 'Min'),
  unary('Relu', (e, x) => e.op('Relu', [x])),
  unary('Relu6', (e, x) => e.op('Clip', [x, e.scalar(0), e.scalar(6)])),
  unary('LeakyRelu', (e, x, attributes) =>
    e.op('LeakyRelu', [x], { alpha: { float: attributes['alpha'] as number } }),
  ),
  unary('Exp', (e, x) => e.op('Exp', [x])),
  unary('Log', (e, x) => e.op('Log', [x])),
  unary('Sqrt', (e, x) => e.op('Sqrt', [x])),
  unary('Rsqrt', (e, x) => e.op('Reciprocal', [e.op('Sqrt', [x])])),
  unary('Reciprocal', (e, x) => e.op('Reciprocal', [x])),
  unary('Square', (e, x) => e.op('Mul', [x, x])),
  unary('Neg', (e, x) => e.op('Neg', [x])),
  unary('Abs', (e, x) => e.op('Abs', [x])),
  unary('Tanh', (e, x) => e.op('Tanh', [x])),
  unary('Sigmoid', (e, x) => e.op('Sigmoid', [x])),
  unary('Step', step),
  unary('ClipByValue', (e, x, attributes) =>
    e.op('Clip', [
      x,
      e.scalar(attributes['clipValueMin'] as number),
      e.scalar(attributes['clipValueMax'] as number),
    ]),
  ),
  { ...softmax('Softmax', 'Softmax', 'dim'), accepts: isLargeFloat },
  // tfjs has no such kernel in JavaScript.
  softmax('LogSoftmax', 'LogSoftmax', 'axis'),
  squaredDifference,
  transpose,
  tile,
];
