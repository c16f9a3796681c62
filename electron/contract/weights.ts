import type { ModelRecipe } from './recipe/model.ts';

/** How a weights file fits a network. */
export interface WeightsMatch {
  file: string;
  format: 'safetensors' | 'pth';
  tensors: number;
  /** Tensors of the network that the file has, in the right shape. */
  matched: number;
  missing: string[];
  unexpected: string[];
  mismatched: { name: string; file: number[]; network: number[] }[];
  /** Beside the network's: losses, metrics, counters. */
  ignored: string[];
  fit: WeightsFit;
  /** Class names in the file's metadata; null where it has none. */
  classNames: string[] | null;
}

/**
 * whole: every tensor of the network is there, and no other. body: all but the classifier's. part: most of them, or all of them
 * in a larger network. little: hardly any; nothing begins with such a file.
 */
export type WeightsFit = 'whole' | 'body' | 'part' | 'little';

/** The network that a weights file is of. */
export interface WeightsNetwork {
  model: ModelRecipe;
  /** Outputs of the classifier; null: it is none of those known here. */
  classes: number | null;
  /** The stems that it may have: strides leave no trace in the shapes. */
  stems: ModelRecipe['stem'][];
}

export interface WeightsIdentity {
  file: string;
  format: 'safetensors' | 'pth';
  tensors: number;
  /** The keys under which a PyTorch file keeps the weights, e.g. 'state_dict'; null: they are the whole. */
  container: string | null;
  /** null: no network that is known here. */
  network: WeightsNetwork | null;
  /** Class names in the file's metadata; null where it has none. */
  classNames: string[] | null;
}
