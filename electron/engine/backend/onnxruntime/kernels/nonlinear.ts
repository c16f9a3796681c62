import type { Nonlinearity } from '../../ops/activation.ts';
import type { Emitter } from '../emitter.ts';
import type { Attributes, NativeKernel } from '../kernel.ts';
import { blockedValue, plainValue, type Value } from '../layout.ts';
import { steep, step } from './channels/step.ts';

const kindOf = (attributes: Attributes) => attributes['kind'] as Nonlinearity;

/** min(max(x / 6 + 1/2, 0), 1) */
const hardSigmoid = (e: Emitter, x: string): string =>
  e.op('HardSigmoid', [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });

/** 1 where |x| is below 3, else 0. */
const within3 = (e: Emitter, x: string): string => step(e, e.op('Abs', [x]), -steep, 3 * steep);

/** The standard normal distribution up to x: (1 + erf(x / sqrt(2))) / 2. */
function normalUpTo(e: Emitter, x: string): string {
  const erf = e.op('Erf', [e.op('Mul', [x, e.scalar(Math.SQRT1_2)])]);
  return e.op('Add', [e.op('Mul', [erf, e.scalar(0.5)]), e.scalar(0.5)]);
}

/** Its density: e^(-x^2 / 2) / sqrt(2 pi). */
function normalDensity(e: Emitter, x: string): string {
  const exponent = e.op('Mul', [e.op('Mul', [x, x]), e.scalar(-0.5)]);
  return e.op('Mul', [e.op('Exp', [exponent]), e.scalar(1 / Math.sqrt(2 * Math.PI))]);
}

type Emit = (e: Emitter, x: string) => string;

/** Forward and backward share their nodes where they stand in one graph. */
const functions: Record<Nonlinearity, { value: Emit; slope: Emit }> = {
  'hard-swish': {
    value: (e, x) => e.op('Mul', [x, hardSigmoid(e, x)]),
    // hard-sigmoid(x) + x / 6 where |x| < 3.
    slope: (e, x) => {
      const sixth = e.op('Mul', [x, e.scalar(1 / 6)]);
      return e.op('Add', [hardSigmoid(e, x), e.op('Mul', [sixth, within3(e, x)])]);
    },
  },
  'hard-sigmoid': {
    value: hardSigmoid,
    slope: (e, x) => e.op('Mul', [within3(e, x), e.scalar(1 / 6)]),
  },
  sigmoid: {
    value: (e, x) => e.op('Sigmoid', [x]),
    slope: (e, x) => {
      const y = e.op('Sigmoid', [x]);
      return e.op('Sub', [y, e.op('Mul', [y, y])]);
    },
  },
  silu: {
    value: (e, x) => e.op('Mul', [x, e.op('Sigmoid', [x])]),
    // s + y - s y, where s is the sigmoid and y the value.
    slope: (e, x) => {
      const s = e.op('Sigmoid', [x]);
      const y = e.op('Mul', [x, s]);
      return e.op('Add', [s, e.op('Sub', [y, e.op('Mul', [s, y])])]);
    },
  },
  gelu: {
    value: (e, x) => e.op('Mul', [x, normalUpTo(e, x)]),
    slope: (e, x) => e.op('Add', [normalUpTo(e, x), e.op('Mul', [x, normalDensity(e, x)])]),
  },
};

/** ops/activation.ts, in whichever layout x is. */
export const nonlinear: NativeKernel = {
  name: 'Nonlinear',
  inputs: ['x'],
  outputs: ([x]) => [{ shape: x!.shape, dtype: 'float32' }],
  emit: (e, [x], attributes) => {
    const { value } = functions[kindOf(attributes)];
    const { shape, plain, blocked } = x!;
    return [plain === null ? blockedValue(shape, value(e, blocked!)) : plainValue(shape, value(e, plain))];
  },
};

export const nonlinearGrad: NativeKernel = {
  name: 'NonlinearGrad',
  inputs: ['dy', 'x'],
  outputs: ([, x]) => [{ shape: x!.shape, dtype: 'float32' }],
  emit: (e, inputs, attributes) => {
    const [dy, x] = inputs as [Value, Value];
    const { slope } = functions[kindOf(attributes)];
    // The forward pass's layout, whose nodes are there.
    if (x.plain === null) return [blockedValue(x.shape, e.op('Mul', [e.blocked(dy), slope(e, x.blocked!)]))];
    return [plainValue(x.shape, e.op('Mul', [e.plain(dy), slope(e, x.plain)]))];
  },
};
