import { halvesOf } from '../../numbers/float16.ts';
import type { BuiltinOperator } from '../../flatbuffer/tflite.ts';
import type { OperatorCode } from './model-builder.ts';
import type { Style } from './style.ts';

const since: Partial<Record<BuiltinOperator, OperatorCode['since']>> = {
  MEAN: '1.6.0',
  SUB: '1.6.0',
  TRANSPOSE: '1.6.0',
  RSQRT: '1.10.0',
  SQUARED_DIFFERENCE: '1.13.1',
  LOGISTIC: '1.14.0',
  SLICE: '1.14.0',
  HARD_SWISH: '1.15.0',
  GELU: '2.9.0',
  REDUCE_MAX: '1.11.0',
};
/** Version 3 reads float16. */
const dequantize: OperatorCode = { code: 'DEQUANTIZE', version: 3, since: '1.15.0' };

/** The bytes of numbers as float32. */
export const floatBytes = (values: Float32Array): Uint8Array => new Uint8Array(values.slice().buffer);

const halfBytes = (values: Float32Array): Uint8Array => new Uint8Array(halvesOf(values).buffer);

/**
 * Everything in float32. `halfWeights`: filters and biases are stored as float16 and turned to float32 before they are used,
 * once where the runtime is good.
 */
export const floatStyle = (halfWeights: boolean): Style => ({
  type: 'FLOAT32',
  quantisation: () => undefined,
  code: (code) => ({ code, version: 1, since: since[code] ?? '1.5.0' }),
  linearAsConv: false,
  filter(builder, { name, weight, shape, bias }) {
    const constant = (part: string, values: Float32Array, dimensions: number[]): number => {
      const full = `${name}/${part}`;
      if (!halfWeights)
        return builder.tensor({ name: full, shape: dimensions, type: 'FLOAT32', data: floatBytes(values) });
      const half = builder.tensor({
        name: `${full}/float16`,
        shape: dimensions,
        type: 'FLOAT16',
        data: halfBytes(values),
      });
      const restored = builder.tensor({ name: full, shape: dimensions, type: 'FLOAT32' });
      builder.operator(dequantize, [half], restored, { type: 'DequantizeOptions', value: {} });
      return restored;
    };
    return [constant('weight', weight, shape), constant('bias', bias, [bias.length])];
  },
  number: (builder, name, value) =>
    builder.tensor({ name, shape: [1], type: 'FLOAT32', data: floatBytes(Float32Array.of(value)) }),
  pixels(builder, name, shape) {
    const input = builder.tensor({ name, shape, type: 'FLOAT32' });
    return { input, pixels: input };
  },
  probabilities(builder, name, logits, classes) {
    const output = builder.tensor({ name, shape: [1, classes], type: 'FLOAT32' });
    builder.operator(this.code('SOFTMAX'), [logits], output, { type: 'SoftmaxOptions', value: { beta: 1 } });
    return output;
  },
});
