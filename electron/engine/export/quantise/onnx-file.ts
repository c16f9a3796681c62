import type { InferenceSession } from 'onnxruntime-node';
import type { LabelledImages } from '../../data/labelled-images.ts';
import { onnxRuntime, type OnnxRuntime, sessionOptions } from '../../deployed/onnx/runtime.ts';
import type { Predictions } from '../../evaluate/predictions.ts';
import { inputName } from '../../models/inference/graph.ts';
import { eachBatch, type Work } from './batches.ts';

/** Images at a time. */
const batchSize = 64;

/** An ONNX file of a network that takes pixels, before it is written anywhere. */
export class OnnxFile {
  readonly #session: InferenceSession;
  readonly #Tensor: OnnxRuntime['Tensor'];

  private constructor(session: InferenceSession, Tensor: OnnxRuntime['Tensor']) {
    this.#session = session;
    this.#Tensor = Tensor;
  }

  /** Throws BACKEND_UNAVAILABLE. */
  static async open(bytes: Uint8Array): Promise<OnnxFile> {
    const { InferenceSession: Session, Tensor } = await onnxRuntime();
    return new OnnxFile(await Session.create(bytes, sessionOptions()), Tensor);
  }

  /** All outputs, for pixels [n, size, size, 3]. */
  async run(pixels: Uint8Array, n: number, size: number): Promise<Record<string, Float32Array>> {
    const image = new this.#Tensor('uint8', pixels, [n, size, size, 3]);
    const outputs = await this.#session.run({ [inputName]: image });
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]),
    );
  }

  close(): Promise<void> {
    return this.#session.release();
  }
}

/** The outputs of a file of a network with these classes. Throws CANCELLED. */
export async function predictFile(
  bytes: Uint8Array,
  images: LabelledImages,
  classes: number,
  work: Work = {},
): Promise<Predictions> {
  const file = await OnnxFile.open(bytes);
  const { n, labels } = images;
  const result = new Float32Array(n * classes);
  try {
    await eachBatch(images, batchSize, work, async (pixels, count, from) => {
      const { probabilities } = await file.run(pixels, count, images.size);
      result.set(probabilities!, from * classes);
    });
  } finally {
    await file.close();
  }
  return { classes, n, labels, probabilities: result };
}
