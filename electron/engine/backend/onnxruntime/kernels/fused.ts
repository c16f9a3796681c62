import type { Attributes, Inputs, NativeKernel } from '../kernel.ts';
import type { Emitter } from '../emitter.ts';
import { blockedValue, plainValue, type Value } from '../layout.ts';
import { acceptsConvolution, conv2d, emitConvolution } from './convolution/index.ts';
import { acceptsDepthwise, depthwiseConv2d, emitDepthwise } from './depthwise.ts';
import { acceptsMatMul, batchMatMul, emitMatMul } from './matmul.ts';

/** tfjs's kernels that add a bias and apply an activation after a convolution or a product. */

type Activation = 'linear' | 'relu' | 'relu6';
const activations: readonly unknown[] = ['linear', 'relu', 'relu6', undefined, null];

/** A bias along the last axis, no PReLU weights, an activation that is built here. */
function acceptsEpilogue([, , bias, prelu]: Inputs, attributes: Attributes): boolean {
  return activations.includes(attributes['activation']) && !prelu && (!bias || bias.shape.length <= 1);
}

function epilogue(e: Emitter, value: Value, bias: Value | undefined, attributes: Attributes): Value {
  const activation = (attributes['activation'] as Activation | undefined) ?? 'linear';
  const sum = bias ? plainValue(value.shape, e.op('Add', [e.plain(value), e.plain(bias)])) : value;
  if (activation === 'linear') return sum;
  const name = sum.plain ?? sum.blocked!;
  const y = activation === 'relu' ? e.op('Relu', [name]) : e.op('Clip', [name, e.scalar(0), e.scalar(6)]);
  return sum.plain === null ? blockedValue(value.shape, y) : plainValue(value.shape, y);
}

function fused(
  name: string,
  base: NativeKernel,
  inputs: readonly string[],
  accepts: (inputs: Inputs, attributes: Attributes) => boolean,
  emit: (e: Emitter, x: Value, y: Value, attributes: Attributes, shape: readonly number[]) => Value,
): NativeKernel {
  return {
    name,
    inputs: [...inputs, 'bias', 'preluActivationWeights'],
    accepts: (tensors, attributes) =>
      acceptsEpilogue(tensors, attributes) && accepts(tensors.slice(0, 2), attributes),
    outputs: base.outputs,
    emit: (e, values, attributes, [output]) => [
      epilogue(e, emit(e, values[0]!, values[1]!, attributes, output!.shape), values[2], attributes),
    ],
  };
}

export const fusedKernels: NativeKernel[] = [
  fused('FusedConv2D', conv2d, ['x', 'filter'], acceptsConvolution, (e, x, filter, attributes) =>
    emitConvolution(e, x, filter, attributes),
  ),
  fused('FusedDepthwiseConv2D', depthwiseConv2d, ['x', 'filter'], acceptsDepthwise, emitDepthwise),
  fused('_FusedMatMul', batchMatMul, ['a', 'b'], acceptsMatMul, emitMatMul),
];
