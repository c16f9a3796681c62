import type { Leak } from './dataset.ts';
import type { Footprint } from './footprint.ts';
import type { ModelRecipe, SplitRecipe } from './recipe.ts';
import type { Role } from './result.ts';

/** What the wizard shows before anything is trained. */

export interface ImageList {
  /** All that match, of which `images` are a page. */
  total: number;
  images: ImageEntry[];
}

export interface ImageEntry {
  key: string;
  label: number;
  /** The physical object that the frame shows; null where the format does not tell. */
  track: string | null;
}

export interface SplitPreview {
  classes: {
    id: number;
    name: string;
    seen: boolean;
    train: number;
    validation: number;
    test: number;
    tracksTrain: number;
    tracksValidation: number;
  }[];
  /** Of one class, where one was asked for: its tracks, in order. */
  tracks: { track: string; images: number; part: 'train' | 'validation' | 'test' | 'unused' }[];
  totals: { train: number; validation: number; test: number };
  /** Images of a teacher that is trained here; the student's where none is. */
  teacher: { train: number; validation: number };
  /** The way that divides it: where a recipe says auto, what that comes to. */
  method: Exclude<SplitRecipe['method'], 'auto'>;
  /** Images of the dataset's own validation part that this way leaves aside. */
  leftAside: number;
  /** Pictures that training shares with another part as they are divided here; those that the import left out for equal bytes are not among them. */
  leaks: Leak[];
}

export interface ModelDescription {
  architecture: string;
  parameters: number;
  /** Multiply-accumulates of one image's forward pass. */
  macs: number;
  /** Of the weights as float32. */
  bytes: number;
  /** Names of the parameter groups, first to last; `freezeTo` counts them. */
  groups: { name: string; parameters: number }[];
  /** One image's forward pass, estimated from the multiply-accumulates and this machine's measured rate. */
  latencyMs: number;
  /** Memory of a training step with `batchSize` images, estimated. */
  trainingBytes: number;
  /** What it takes where it runs once it is exported. */
  footprint: Footprint;
}

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

export interface SchedulePreview {
  /** A point for every step (1-based over all stages), thinned to 400. */
  step: number[];
  learningRate: number[];
  momentum: number[];
  stages: { firstStep: number; lastStep: number; epochs: number; freezeTo: number }[];
  stepsPerEpoch: number;
}

export interface RunEstimate {
  /** By role, in the order in which they train. */
  roles: { role: Role; seconds: number; steps: number; imagesPerSecond: number }[];
  /** Reading and decoding all images. */
  importSeconds: number;
  /** Judging all models, their latency included. */
  evaluationSeconds: number;
  exportSeconds: number;
  /** The sum of all these. */
  totalSeconds: number;
  memoryBytes: number;
  diskBytes: number;
  /** 'measured': all roles from an equal run's steps on this machine; 'estimated': from a small network's steps. */
  basis: 'measured' | 'estimated';
  backend: string;
}

/** A teacher's logits for some real images, for the temperature's slider. */
export interface TeacherAnswers {
  /** Whose logits they are, in a sentence. */
  source: string;
  classes: { id: number; name: string }[];
  images: { path: string; key: string; label: number; logits: number[] }[];
}
