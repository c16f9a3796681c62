import { describe, product } from './describe.ts';
import type { Network } from './layers.ts';
import type { LayerSummary, Model, Parameter } from './model.ts';

/** The summary table for square images of `size` pixels, without allocating a weight. */
export function summarise(
  network: Network,
  size: number,
  trainable: (parameter: Pick<Parameter, 'group' | 'kind'>) => boolean = () => true,
): LayerSummary[] {
  return describe(network, size).map(({ name, outputShape, macs, group, parameters }) => ({
    name,
    outputShape,
    macs,
    parameters: parameters.reduce((sum, { shape }) => sum + product(shape), 0),
    trainable: parameters.some(({ kind }) => trainable({ group, kind })),
  }));
}

/** Numbers that training may change, frozen or not; running statistics left out. */
export function countParameters(model: Pick<Model, 'parameters'>): number {
  return model.parameters.reduce((sum, { variable }) => sum + variable.size, 0);
}

/** Multiply-accumulates of one forward pass of one square image of `size` pixels: convolutions and linear layers. */
export function countMacs(model: Pick<Model, 'summary'>, size: number): number {
  return model.summary(size).reduce((sum, { macs }) => sum + macs, 0);
}
