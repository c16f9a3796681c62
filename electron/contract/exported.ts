import { z } from 'zod';
import type { ImageRecipe } from './recipe/image.ts';
import { hintFields } from './recipe/network-hints.ts';
import type { ClassScores, Latency, Scores } from './result.ts';

/** Networks in files, whoever wrote them. */

/** What a file does not state about itself, stated by its user. */
export const hintsSchema = z.strictObject({
  size: hintFields.size.exactOptional(),
  resize: hintFields.resize.exactOptional(),
  values: hintFields.values.exactOptional(),
  channels: hintFields.channels.exactOptional(),
  /** Of an ONNX file alone. */
  layout: hintFields.layout.exactOptional(),
  /** Of an ONNX file alone. */
  gives: hintFields.gives.exactOptional(),
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

/** A value in the graph of an ONNX file that can serve as the output of a teacher's stage. */
export interface FeatureMapInFile {
  /** Its name in the graph. */
  tensor: string;
  /** [height, width, channels] for one image. */
  shape: [height: number, width: number, channels: number];
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
