import type { Tensor } from 'onnxruntime-node';
import { onnxRuntimeVersion } from '../backend/onnxruntime/binding.ts';
import { halvesOf, halfValue } from '../numbers/float16.ts';
import { classNamesIn } from '../models/weights/metadata.ts';
import type { DeployedHints, DeployedNetwork } from './deployed.ts';
import { readOnnxHeader } from './onnx/header.ts';
import { feedForm, type FeedForm } from './onnx/input.ts';
import { classifierHint, outputForm, type OutputForm } from './onnx/output.ts';
import { messageOf, refuse } from './onnx/refuse.ts';
import { onnxRuntime, type OnnxRuntime, sessionOptions } from './onnx/runtime.ts';
import { inBatches, planes, softmaxRows } from './rows.ts';
import { networkValues } from './values.ts';

/** The tensor for uint8 RGB images, [n, size, size, 3]. */
function feed({ Tensor }: OnnxRuntime, form: FeedForm, images: Uint8Array, n: number): Tensor {
  const { type, layout, input } = form;
  const { size } = input;
  const dims = layout === 'NHWC' ? [n, size, size, 3] : [n, 3, size, size];
  if (type === 'uint8' && layout === 'NHWC' && input.channels === 'RGB')
    // Node-API before Node 24 refuses arrays on shared memory.
    return new Tensor(type, images.buffer instanceof SharedArrayBuffer ? images.slice() : images, dims);
  const rows = networkValues(images, input);
  const values = layout === 'NHWC' ? rows : planes(rows, size);
  if (type === 'float32') return new Tensor(type, values, dims);
  if (type === 'uint8') return new Tensor(type, Uint8Array.from(values), dims);
  // Of bits the constructor would make a Float16Array, where there is one, which the binding does not read.
  const data = halvesOf(values);
  return { type, dims, data, location: 'cpu' } as unknown as Tensor;
}

/** float16 comes as bits where JavaScript has no array of it. */
const floats = ({ data }: Tensor): Float32Array =>
  data instanceof Float32Array
    ? data
    : data instanceof Uint16Array
      ? Float32Array.from(data, halfValue)
      : Float32Array.from(data as ArrayLike<number>);

/** [n, outputs], or that with further axes of one element. */
const isRowPerImage = ([images, outputs = 0, ...rest]: readonly number[], n: number): boolean =>
  images === n && outputs > 1 && rest.every((side) => side === 1);

/** Whether a row is one of probabilities, whatever it comes from. */
const isDistribution = (row: Float32Array): boolean =>
  row.every((value) => value >= 0) && Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 1e-3;

const probabilitiesOf = (values: Float32Array, outputs: number, gives: OutputForm['gives']): Float32Array =>
  gives === 'probabilities' ? values : softmaxRows(values, outputs);

/**
 * An ONNX classifier, this program's or another's, run by onnxruntime-node. Where it does not end with softmax, that is added.
 * Throws NOT_FOUND, WEIGHTS_CORRUPT, UNSUPPORTED_FORMAT, BACKEND_UNAVAILABLE, and INVALID_INPUT where neither file nor hints state
 * enough of its input.
 */
export async function openOnnx(file: string, hints: DeployedHints = {}): Promise<DeployedNetwork> {
  const header = await readOnnxHeader(file);
  const ort = await onnxRuntime();
  const session = await ort.InferenceSession.create(file, sessionOptions()).catch((cause: unknown) => {
    throw refuse(file, messageOf(cause), 'Check the file with the program that wrote it.', cause);
  });
  try {
    const form = feedForm(file, session.inputMetadata, header.metadata, hints);
    const output = outputForm(file, session.outputMetadata, header);
    const predict = async (images: Uint8Array, n: number): Promise<Float32Array> => {
      const results = await session.run({ [form.name]: feed(ort, form, images, n) }, [output.name]);
      const tensor = results[output.name]!;
      if (isRowPerImage(tensor.dims, n)) return floats(tensor);
      throw new Error(`for ${n} images its output has the shape [${tensor.dims.join(', ')}]`);
    };
    const few = form.batch ?? 1;
    const blank = new Uint8Array(few * form.input.size ** 2 * 3);
    const trial = await predict(blank, few).catch((cause: unknown) => {
      throw refuse(file, messageOf(cause), classifierHint, cause);
    });
    const outputs = trial.length / few;
    const gives = isDistribution(trial.subarray(0, outputs)) ? 'probabilities' : output.gives;
    return {
      runtime: `onnxruntime-node ${onnxRuntimeVersion()}`,
      input: form.input,
      classes: hints.classes ?? classNamesIn(header.metadata),
      outputs,
      probabilities: async (images, n) =>
        probabilitiesOf(await inBatches(images, n, form.batch, predict), outputs, gives),
      dispose: () => session.release(),
    };
  } catch (thrown) {
    await session.release();
    throw thrown;
  }
}
