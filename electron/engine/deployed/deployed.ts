/**
 * Networks in the form in which they leave: files that a runtime of their users loads. One file a format beside this one reads
 * it; open.ts chooses by what the file is.
 */

/** How a network wants the pixels of its square image. */
export interface DeployedInput {
  /** Side in pixels. */
  size: number;
  /** How an image of another shape is made square; null: the file does not say. */
  resize: 'crop' | 'squish' | 'pad' | null;
  /** What the network is fed of a pixel: as it is (0 to 255), over 255, or normalised by these statistics of RGB in [0, 1]. */
  values: 'pixels' | 'unit' | { mean: [number, number, number]; std: [number, number, number] };
  channels: 'RGB' | 'BGR';
}

export interface DeployedNetwork {
  /** What runs it, with its version: 'onnxruntime-node 1.30.0'. */
  runtime: string;
  input: DeployedInput;
  /** The names of the outputs, in their order; null: the file does not say. */
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

/** What a file does not say of its input, said by its user. */
export type DeployedHints = Partial<Pick<DeployedInput, 'resize' | 'values' | 'channels'>> & {
  classes?: string[] | undefined;
};
