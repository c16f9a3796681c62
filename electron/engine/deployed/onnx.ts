import type { Tensor } from 'onnxruntime-node';
import { onnxRuntimeVersion } from '../backend/onnxruntime/binding.ts';
import { halvesOf } from '../numbers/float16.ts';
import type { DeployedHints, DeployedNetwork } from './deployed.ts';
import { hintsBeside } from './onnx/beside.ts';
import { readOnnxHeader } from './onnx/header.ts';
import { feedForms, type FeedForm } from './onnx/input.ts';
import { settleLayout } from './onnx/layout.ts';
import {
  classifierHint,
  floats,
  givenKind,
  isRowPerImage,
  outputForm,
  type OutputForm,
  statedClasses,
} from './onnx/output.ts';
import { messageOf, notLoaded, refuse } from './onnx/refuse.ts';
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

const probabilitiesOf = (values: Float32Array, outputs: number, gives: OutputForm['gives']): Float32Array =>
  gives === 'probabilities' ? values : softmaxRows(values, outputs);

/**
 * An ONNX classifier, this program's or another's, run by onnxruntime-node. Where it does not end with softmax, that is added.
 * Throws NOT_FOUND, WEIGHTS_CORRUPT, UNSUPPORTED_FORMAT, BACKEND_UNAVAILABLE, and INVALID_INPUT where neither file nor hints state
 * enough of its input.
 */
export async function openOnnx(file: string, hints: DeployedHints = {}): Promise<DeployedNetwork> {
  const header = await readOnnxHeader(file);
  const { metadata } = header;
  const beside = await hintsBeside(file);
  const ort = await onnxRuntime();
  const session = await ort.InferenceSession.create(file, sessionOptions()).catch((cause: unknown) => {
    throw notLoaded(file, header, cause);
  });
  try {
    const forms = feedForms(file, session.inputMetadata, { metadata, beside, hints });
    const output = outputForm(file, session.outputMetadata, header, { gives: hints.gives });
    const predictAs = async (form: FeedForm, images: Uint8Array, n: number): Promise<Float32Array> => {
      const results = await session.run({ [form.name]: feed(ort, form, images, n) }, [output.name]);
      const tensor = results[output.name]!;
      if (isRowPerImage(tensor.dims, n)) return floats(tensor);
      throw new Error(`for ${n} images its output has the shape [${tensor.dims.join(', ')}]`);
    };
    const few = forms[0]!.batch ?? 1;
    const { form, trial } = await settleLayout(file, forms, hints.layout, (one) =>
      predictAs(one, new Uint8Array(few * one.input.size ** 2 * 3), few).catch((cause: unknown) => {
        throw refuse(file, messageOf(cause), classifierHint, cause);
      }),
    );
    const predict = (images: Uint8Array, n: number) => predictAs(form, images, n);
    const outputs = trial.length / few;
    const gives = givenKind(trial.subarray(0, outputs), output, hints);
    return {
      runtime: `onnxruntime-node ${onnxRuntimeVersion()}`,
      input: form.input,
      classes: hints.classes ?? statedClasses(header, beside, outputs),
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
