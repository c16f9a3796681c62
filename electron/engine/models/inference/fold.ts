import { DistillError } from '../../../contract/errors.ts';
import { fromTorch } from '../weights/layout.ts';
import type { TensorMap } from '../weights/tensor-data.ts';
import type { FoldedNorm, WeightedOperator } from './graph.ts';

export interface FoldedWeights {
  /** In our layout and of the shape `folding.shape`: conv HWIO, depthwise HWC1, linear [in, out]. */
  weight: Float32Array;
  /** [outputs] */
  bias: Float32Array;
}

function read(tensors: TensorMap, name: string): Float32Array {
  const tensor = tensors.get(name);
  if (tensor) return tensor.data;
  throw new DistillError('WEIGHTS_MISMATCH', `The weights have no tensor "${name}".`);
}

/** y = scale * x + shift: what a batch norm is in evaluation mode, and a layer norm behind its normalisation. */
function affine(
  tensors: TensorMap,
  { name, epsilon }: FoldedNorm,
): { scale: Float64Array; shift: Float64Array } {
  const part = (one: string) => read(tensors, `${name}.${one}`);
  const [gamma, beta] = [part('weight'), part('bias')];
  if (epsilon === null) return { scale: Float64Array.from(gamma), shift: Float64Array.from(beta) };
  const [mean, variance] = [part('running_mean'), part('running_var')];
  const scale = Float64Array.from(gamma, (g, i) => g / Math.sqrt(variance[i]! + epsilon));
  const shift = Float64Array.from(beta, (b, i) => b - mean[i]! * scale[i]!);
  return { scale, shift };
}

/**
 * An operator's weights with its norms multiplied in, computed in float64 and rounded once. `tensors`: the network's
 * state dict in PyTorch's layout. With a norm after it, w' = w * s and b' = b * s + t for each output's (s, t); with one before
 * it, w' = s * w and b' = b + sum of t * w over the inputs; `scaleAfter` multiplies both. Throws WEIGHTS_MISMATCH where a tensor is missing.
 */
export function foldedWeights({ kind, folding }: WeightedOperator, tensors: TensorMap): FoldedWeights {
  const { shape, normAfter, normBefore, scaleAfter } = folding;
  const weight = Float64Array.from(fromTorch(kind, shape, read(tensors, folding.weight)));
  // The last axis of a depthwise filter is 1: its channels are the one before.
  const outputs = kind === 'depthwise' ? shape[2]! : shape.at(-1)!;
  const bias =
    folding.bias === null ? new Float64Array(outputs) : Float64Array.from(read(tensors, folding.bias));
  if (normBefore !== null) {
    const { scale, shift } = affine(tensors, normBefore);
    for (let i = 0; i < weight.length; i++) {
      const input = Math.floor(i / outputs) % scale.length;
      bias[i % outputs]! += shift[input]! * weight[i]!;
      weight[i]! *= scale[input]!;
    }
  }
  if (normAfter !== null) {
    const { scale, shift } = affine(tensors, normAfter);
    for (let i = 0; i < weight.length; i++) weight[i]! *= scale[i % outputs]!;
    for (let o = 0; o < outputs; o++) bias[o] = bias[o]! * scale[o]! + shift[o]!;
  }
  if (scaleAfter !== null) {
    const scale = read(tensors, scaleAfter);
    for (let i = 0; i < weight.length; i++) weight[i]! *= scale[i % outputs]!;
    for (let o = 0; o < outputs; o++) bias[o]! *= scale[o]!;
  }
  return { weight: Float32Array.from(weight), bias: Float32Array.from(bias) };
}
