import { nchwcDomain } from '../../onnx/graph.ts';
import type { Emitter } from '../emitter.ts';
import { blockedValue, type Value } from '../layout.ts';
import { fusedActivation } from './channels/blocked.ts';
import type { Activation } from './channels/ops.ts';

/**
 * activation(x * scale + shift + skip), where x is the result of a blocked convolution, as one such convolution: the scale goes into
 * its filter. null where x is something else. The convolution that made x is dropped from the graph if nothing else reads it.
 * scale and shift [c].
 */
export function foldIntoConvolution(
  e: Emitter,
  x: Value,
  { scale, shift }: { scale: string; shift: string },
  skip: Value | undefined,
  activation: Activation,
): Value | null {
  const conv = x.blocked === null ? undefined : e.graph.producer(x.blocked);
  if (conv?.op !== 'Conv' || conv.domain !== nchwcDomain) return null;
  // Neither what was added to the products nor what was cut off may be scaled.
  if (conv.inputs.length !== 2 || 'activation' in conv.attributes) return null;
  const [image, filter] = conv.inputs as [string, string];
  const channels = x.shape[3]!;
  const b = e.block!;
  const kernel = conv.attributes['kernel_shape'] as readonly number[];
  // A blocked filter's memory is [channels / B, ..., B].
  const factor = e.reshape(scale, [channels / b, 1, b]);
  const scaled = e.op('Mul', [e.reshape(filter, [channels / b, -1, b]), factor]);
  const inputs = [image, e.reshape(scaled, [channels, -1, ...kernel]), shift];
  // The sum is written over: a copy, unless nothing else reads the shortcut.
  if (skip) inputs.push(e.blocked(skip));
  const y = e.blockedOp('Conv', inputs, { ...conv.attributes, ...fusedActivation[activation] });
  return blockedValue(x.shape, y);
}
