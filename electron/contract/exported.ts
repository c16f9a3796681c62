import { z } from 'zod';
import { imageSchema, type ImageRecipe } from './recipe/image.ts';
import type { ClassScores, Latency, Scores } from './result.ts';

/** Networks in files, whoever wrote them. */

const { size, resize, mean, std } = imageSchema.shape;
const statistics = z.strictObject({ mean: mean.unwrap(), std: std.unwrap() });

/** What a file does not state about itself, stated by its user. */
export const hintsSchema = z.strictObject({
  /** Side in pixels of its square image, where the file leaves that open. */
  size: size.unwrap().exactOptional(),
  /** How an image of another shape is made square. */
  resize: resize.unwrap().exactOptional(),
  /** What the network is fed of a pixel: 0 to 255, that over 255, or that normalised by statistics of RGB in [0, 1]. */
  values: z.union([z.enum(['pixels', 'unit']), statistics]).exactOptional(),
  channels: z.enum(['RGB', 'BGR']).exactOptional(),
  /** The names of the outputs, in their order. */
  classes: z.array(z.string().min(1)).min(1).max(100_000).exactOptional(),
});
export type Hints = z.output<typeof hintsSchema>;

/** What an exported file, or its user, states about it. */
export interface ExportedFile {
  /** Of the file, or of the folder. */
  file: string;
  format: 'onnx' | 'tflite' | 'tfjs';
  /** Of the file, or of all files in the folder. */
  bytes: number;
  /** What runs it here, with its version: 'onnxruntime-node 1.30.0'. */
  runtime: string;
  input: {
    /** Side in pixels of the square image. */
    size: number;
    /** null: not stated; then images are resized as a recipe does by default. */
    resize: ImageRecipe['resize'] | null;
    values: NonNullable<Hints['values']>;
    channels: NonNullable<Hints['channels']>;
  };
  /** The names of the outputs, in their order; null: not stated. */
  classes: string[] | null;
  /** Number of outputs. */
  outputs: number;
}

/** The figures of one file on a dataset's images. */
export interface FileEvaluation {
  network: ExportedFile;
  mask: { classes: number[]; names: string[] };
  /** Classes that the network chooses among. */
  vocabulary: number;
  scores: Scores;
  /** Of the mask's classes. */
  perClass: ClassScores[];
  /** confusion[i][j]: images of mask class i that the network takes for class j of all classes. */
  confusion: number[][];
  /** Of one image, pixels to probabilities. */
  latency: Latency;
  /** Remarks about the images, the order of the classes and the figures: a sentence each. */
  notes: string[];
}
