import type { Footprint } from './footprint.ts';

export interface ModelDescription {
  architecture: string;
  parameters: number;
  /** Multiply-accumulates of one image's forward pass. */
  macs: number;
  /** Of the weights as float32. */
  bytes: number;
  /** The parameter groups, first to last, as `freezeTo` counts them; by their descriptor's names. */
  groups: { name: string; parameters: number }[];
  /** One image's forward pass, estimated from the multiply-accumulates and this machine's measured rate. */
  latencyMs: number;
  /** Memory of a training step with `batchSize` images, estimated. */
  trainingBytes: number;
  /** What it takes where it runs once it is exported. */
  footprint: Footprint;
}
