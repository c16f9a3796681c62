import type { ExportedFile, Hints } from '../../contract/exported.ts';

/**
 * Networks in the form in which they leave: files that a runtime of their users loads. One file a format beside this one reads
 * it; open.ts chooses by what the file is.
 */

/** How a network wants the pixels of its square image. */
export type DeployedInput = ExportedFile['input'];

export interface DeployedNetwork {
  /** What runs it, with its version: 'onnxruntime-node 1.30.0'. */
  runtime: string;
  /** Whether its users run it by something else: then its times are not theirs. */
  isStandIn?: boolean;
  input: DeployedInput;
  /** The names of the outputs, in their order; null: the file does not state them. */
  classes: string[] | null;
  /** Number of outputs. */
  outputs: number;
  /**
   * Probabilities [n, outputs], row by row, of n images: uint8 RGB, [n, size, size, 3], already of the network's size. What the
   * file expects beyond that (values, layout, channels) is done here.
   */
  probabilities(images: Uint8Array, n: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** What a file does not state about its input, stated by its user. It takes precedence over the file. */
export type DeployedHints = Hints;
