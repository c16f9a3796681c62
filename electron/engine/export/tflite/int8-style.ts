import { DistillError } from '../../../contract/errors.ts';
import type { BuiltinOperator } from '../../flatbuffer/tflite.ts';
import type { InferenceGraph } from '../../models/inference/graph.ts';
import { activationSteps } from '../quantise/activation-steps.ts';
import { type ActivationRanges, type Affine, quantisedFilter } from '../quantise/affine.ts';
import type { OperatorCode, Quantisation } from './model-builder.ts';
import type { Style } from './style.ts';

/** The versions with int8, and the first release of each. */
const codes: Partial<Record<BuiltinOperator, [version: number, since: OperatorCode['since']]>> = {
  CONV_2D: [3, '1.14.0'],
  DEPTHWISE_CONV_2D: [3, '1.14.0'],
  RESHAPE: [1, '1.5.0'],
  QUANTIZE: [1, '1.14.0'],
  HARD_SWISH: [1, '1.15.0'],
};
const usual: [number, OperatorCode['since']] = [2, '1.14.0'];

/** Of int8, at which constants stand, so that they are exact to a float32. */
const largestStored = 127;

/** Probabilities have the steps that the integer softmax gives. */
const probability = 1 / 256;
const pixelQuantisation: Quantisation = { scale: [1], zeroPoint: [-128] };

const asQuantisation = ({ scale, zeroPoint }: Affine): Quantisation => ({
  scale: [scale],
  zeroPoint: [zeroPoint],
});

/** Throws UNSUPPORTED_FORMAT for a network with layer norms: TensorFlow Lite has no integer operator for them. */
export function refuseLayerNorms({ operators }: InferenceGraph): void {
  const norm = operators.find(({ kind }) => kind === 'normalise');
  if (!norm) return;
  throw new DistillError(
    'UNSUPPORTED_FORMAT',
    `The network has layer norms ("${norm.name}"), for which TensorFlow Lite has no integer operator.`,
    'Export onnx-int8, in which they stay in float between integers, or tflite or tflite-fp16.',
  );
}

/**
 * Everything in integers, by TensorFlow Lite's 8-bit specification: values int8 with one scale, weights int8 around 0 with a
 * scale an output, biases int32 in units of the product. `pixels`: the type of input and output. Throws UNSUPPORTED_FORMAT.
 */
export function int8Style(graph: InferenceGraph, ranges: ActivationRanges, pixels: 'uint8' | 'int8'): Style {
  refuseLayerNorms(graph);
  const steps = activationSteps(graph, ranges);
  const type = pixels === 'uint8' ? 'UINT8' : 'INT8';
  /** The same numbers as they stand in the type of input and output. */
  const outside = ({ scale, zeroPoint }: Quantisation): Quantisation =>
    pixels === 'uint8' ? { scale, zeroPoint: zeroPoint.map((point) => point + 128) } : { scale, zeroPoint };
  return {
    type: 'INT8',
    quantisation: (value) => asQuantisation(steps.get(value)!),
    code(code) {
      const [version, since] = codes[code] ?? usual;
      return { code, version, since };
    },
    linearAsConv: true,
    filter(builder, { name, weight, shape, axis, bias }, input) {
      const channels = bias.length;
      const inner = axis === 0 ? weight.length / channels : 1;
      const integers = quantisedFilter(weight, bias, {
        inputScale: input!.scale[0]!,
        channelOf: (index) => Math.floor(index / inner) % channels,
      });
      const zeros = integers.weight.scales.map(() => 0);
      return [
        builder.tensor({
          name: `${name}/weight`,
          shape,
          type: 'INT8',
          quantisation: { scale: integers.weight.scales, zeroPoint: zeros, axis },
          data: new Uint8Array(integers.weight.data.buffer),
        }),
        builder.tensor({
          name: `${name}/bias`,
          shape: [channels],
          type: 'INT32',
          quantisation: { scale: integers.bias.scales, zeroPoint: zeros, axis: 0 },
          data: new Uint8Array(integers.bias.data.buffer),
        }),
      ];
    },
    number(builder, name, value) {
      const stored = Math.sign(value) * largestStored;
      return builder.tensor({
        name,
        shape: [1],
        type: 'INT8',
        quantisation: { scale: [Math.fround(value / stored)], zeroPoint: [0] },
        data: new Uint8Array(Int8Array.of(stored).buffer),
      });
    },
    pixels(builder, name, shape) {
      const input = builder.tensor({ name, shape, type, quantisation: outside(pixelQuantisation) });
      if (pixels === 'int8') return { input, pixels: input, quantisation: pixelQuantisation };
      const centred = builder.tensor({
        name: 'pixels',
        shape,
        type: 'INT8',
        quantisation: pixelQuantisation,
      });
      builder.operator(this.code('QUANTIZE'), [input], centred, { type: 'QuantizeOptions', value: {} });
      return { input, pixels: centred, quantisation: pixelQuantisation };
    },
    probabilities(builder, name, logits, classes) {
      const shape = [1, classes];
      const quantisation = this.quantisation(graph.output);
      const flat = builder.tensor({ name: 'logits', shape, type: 'INT8', quantisation });
      const newShape = builder.integers('logits/shape', shape);
      builder.operator(this.code('RESHAPE'), [logits, newShape], flat, {
        type: 'ReshapeOptions',
        value: { new_shape: shape },
      });
      const steps: Quantisation = { scale: [probability], zeroPoint: [-128] };
      const last = pixels === 'int8' ? name : `${name}/int8`;
      const softmax = builder.tensor({ name: last, shape, type: 'INT8', quantisation: steps });
      builder.operator(this.code('SOFTMAX'), [flat], softmax, { type: 'SoftmaxOptions', value: { beta: 1 } });
      if (pixels === 'int8') return softmax;
      const output = builder.tensor({ name, shape, type, quantisation: outside(steps) });
      builder.operator(this.code('QUANTIZE'), [softmax], output, { type: 'QuantizeOptions', value: {} });
      return output;
    },
  };
}
