import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { InferenceSession } from 'onnxruntime-node';
import { DistillError } from '../../../contract/errors.ts';
import type { OnnxPort } from '../../../contract/onnx-inspection.ts';
import type { Statistics } from '../../../contract/recipe/statistics.ts';
import { loadModelFile, type NativeSession, type NativeValue } from '../../backend/onnxruntime/binding.ts';
import type { Feed } from '../../backend/onnxruntime/feed.ts';
import { absentLogit } from '../../models/covering.ts';
import type { Classifier, ForwardContext, ModelOutputs } from '../../models/model.ts';
import { type ClassOutputs, coveredBy } from '../../models/weights/outputs.ts';
import { halvesOf } from '../../numbers/float16.ts';
import type { DeployedHints, DeployedInput } from '../deployed.ts';
import { planes } from '../rows.ts';
import { hintsBeside } from './beside.ts';
import { readOnnxHeader } from './header.ts';
import { feedForm, type FeedForm, type Otherwise } from './input.ts';
import { classifierHint, floats, givenKind, isRowPerImage, outputForm, statedClasses } from './output.ts';
import { messageOf, notLoaded, refuse } from './refuse.ts';

/** By TensorProto.DataType: the types that an input or output of a classifier may have. */
const typeNames: Readonly<Record<number, string>> = { 1: 'float32', 2: 'uint8', 10: 'float16' };

const described = ({
  name,
  isTensor,
  type,
  shape,
  symbolicDimensions,
}: NativeValue): InferenceSession.ValueMetadata =>
  isTensor
    ? {
        name,
        isTensor,
        type: (typeNames[type] ?? `number ${type}`) as 'float32',
        shape: shape.map((side, i) => (side < 0 ? (symbolicDimensions[i] ?? '') : side)),
      }
    : { name, isTensor };

/** The statistics by which normalised images are what the network is fed. */
export function statisticsOf(values: DeployedInput['values']): Statistics {
  if (typeof values === 'object') return values;
  const scale = values === 'pixels' ? 1 / 255 : 1;
  return { mean: [0, 0, 0], std: [scale, scale, scale] };
}

/** Blue first where it was red, of RGB images [..., 3]. */
function reversed(images: Float32Array): Float32Array {
  const result = new Float32Array(images.length);
  for (let i = 0; i < images.length; i += 3) {
    result[i] = images[i + 2]!;
    result[i + 1] = images[i + 1]!;
    result[i + 2] = images[i]!;
  }
  return result;
}

/** Of probabilities: the least normal float32 stands for 0. */
const smallest = 2 ** -126;

/** What is fixed once a file is opened. */
interface Opened {
  native: NativeSession;
  form: FeedForm;
  output: string;
}

export interface OnnxFacts {
  file: string;
  input: DeployedInput;
  type: FeedForm['type'];
  layout: FeedForm['layout'];
  /** What of the input nothing states. */
  guessed: FeedForm['guessed'];
  /** Of its input: name, shape, images in every call, and what states how images are prepared. */
  fed: Pick<FeedForm, 'name' | 'shape' | 'batch' | 'origins'>;
  /** All outputs of the graph, and the name of the one that is read. */
  graphOutputs: readonly OnnxPort[];
  read: string;
  /** The names of all outputs, in their order; null: stated nowhere. */
  classNames: string[] | null;
  /** Number of all outputs. */
  outputs: number;
  gives: 'logits' | 'probabilities';
  /** Values of the file's initializers. */
  values: number;
  /** Files with weights, as the file names them, relative to its folder. */
  externalFiles: readonly string[];
}

/** Rows for normalised images [n, size, size, 3] in one call. Throws what ONNX Runtime throws. */
function runOnce({ native, form, output }: Opened, images: Float32Array, n: number): Float32Array {
  const { type, layout, input, name } = form;
  const ordered = input.channels === 'BGR' ? reversed(images) : images;
  const values = layout === 'NHWC' ? ordered : planes(ordered, input.size);
  const data =
    type === 'float16'
      ? halvesOf(values)
      : type === 'uint8'
        ? Uint8Array.from(values, Math.round)
        : // Node-API before Node 24 refuses arrays on shared memory.
          values.buffer instanceof SharedArrayBuffer
          ? values.slice()
          : values;
  const { size } = input;
  const dims = layout === 'NHWC' ? [n, size, size, 3] : [n, 3, size, size];
  const feed: Feed = { type, dims, data, location: 'cpu' };
  const result = native.run({ [name]: feed }, { [output]: null })[output]!;
  if (isRowPerImage(result.dims, n)) return floats(result);
  throw new Error(`for ${n} images its output has the shape [${result.dims.join(', ')}]`);
}

/**
 * An ONNX classifier among the program's own networks: it takes images normalised by `statisticsOf(facts.input.values)` and gives
 * logits, the logarithms of probabilities where the file gives those. It runs on ONNX Runtime whatever the backend is, one
 * synchronous call a batch, and has no gradient.
 */
export class OnnxClassifier implements Classifier {
  readonly facts: OnnxFacts;
  readonly #opened: Opened;
  #selected: ClassOutputs | null = null;
  covers?: readonly number[];

  constructor(facts: OnnxFacts, opened: Opened) {
    this.facts = facts;
    this.#opened = opened;
  }

  get classes(): number {
    return this.#selected?.length ?? this.facts.outputs;
  }

  /** Which of the file's outputs it gives; null: all, in their order. */
  get selected(): ClassOutputs | null {
    return this.#selected;
  }

  /** Gives these outputs alone, in this order; its softmax is the whole one's, restricted to them. */
  select(outputs: ClassOutputs): void {
    this.#selected = outputs;
    const covers = coveredBy(outputs);
    if (covers) this.covers = covers;
    else delete this.covers;
  }

  /** images [n, size, size, 3]. Throws DistillError INTERNAL where more than logits is asked for. */
  forward(images: Tensor4D, { features = [], penultimate = false }: ForwardContext): ModelOutputs {
    if (features.length > 0 || penultimate)
      throw new DistillError('INTERNAL', `"${this.facts.file}" gives logits alone.`);
    const logits = this.logits(images.dataSync<'float32'>(), images.shape[0]);
    return {
      logits: tf.tensor2d(logits, [images.shape[0], this.classes]),
      features: {},
      penultimate: null,
    };
  }

  /** Logits [n, classes] of normalised images [n, size, size, 3]. Throws DistillError UNSUPPORTED_FORMAT. */
  logits(images: Float32Array, n: number): Float32Array {
    const rows = this.#rows(images, n);
    const { outputs, gives } = this.facts;
    const chosen = this.#selected ?? [...Array(outputs).keys()];
    const result = new Float32Array(n * chosen.length);
    for (let row = 0; row < n; row++)
      for (const [id, output] of chosen.entries()) {
        const value = output === null ? absentLogit : rows[row * outputs + output]!;
        result[row * chosen.length + id] =
          output !== null && gives === 'probabilities' ? Math.log(Math.max(value, smallest)) : value;
      }
    return result;
  }

  #rows(images: Float32Array, n: number): Float32Array {
    const { form } = this.#opened;
    const { outputs, file } = this.facts;
    try {
      if (form.batch === null || form.batch === n) return runOnce(this.#opened, images, n);
      const floatsEach = images.length / n;
      const rows = new Float32Array(n * outputs);
      for (let at = 0; at < n; at += form.batch) {
        const count = Math.min(form.batch, n - at);
        // The last call is filled with zeros.
        const part = new Float32Array(form.batch * floatsEach);
        part.set(images.subarray(at * floatsEach, (at + count) * floatsEach));
        rows.set(runOnce(this.#opened, part, form.batch).subarray(0, count * outputs), at * outputs);
      }
      return rows;
    } catch (thrown) {
      throw refuse(file, messageOf(thrown), classifierHint, thrown);
    }
  }

  dispose(): void {
    this.#opened.native.dispose();
  }
}

function load(file: string, header: Awaited<ReturnType<typeof readOnnxHeader>>): NativeSession {
  try {
    return loadModelFile(file, { level: 'all', arena: true });
  } catch (cause) {
    throw notLoaded(file, header, cause);
  }
}

/**
 * Opens an ONNX classifier to run beside the program's own networks. `otherwise`: what is taken of its input where neither the hints,
 * the file nor the files beside it state it. Throws NOT_FOUND, WEIGHTS_CORRUPT, UNSUPPORTED_FORMAT, and INVALID_INPUT where
 * something necessary is stated nowhere.
 */
export async function openOnnxClassifier(
  file: string,
  hints: DeployedHints = {},
  otherwise?: Otherwise,
): Promise<OnnxClassifier> {
  const header = await readOnnxHeader(file);
  const { metadata, values, externalFiles } = header;
  const beside = await hintsBeside(file);
  const native = load(file, header);
  try {
    const form = feedForm(file, native.inputMetadata.map(described), { metadata, beside, hints, otherwise });
    const named = native.outputMetadata.map(described);
    const output = outputForm(file, named, header, {
      gives: hints.gives,
      // Of small probabilities little is left in the logarithm.
      preferred: 'logits',
    });
    const opened = { native, form, output: output.name };
    const few = form.batch ?? 1;
    const trial = trialRow(file, opened, few);
    const facts: OnnxFacts = {
      file,
      input: form.input,
      type: form.type,
      layout: form.layout,
      guessed: form.guessed,
      fed: { name: form.name, shape: form.shape, batch: form.batch, origins: form.origins },
      graphOutputs: named.flatMap((one) =>
        one.isTensor ? [{ name: one.name, type: one.type, shape: [...one.shape] }] : [],
      ),
      read: output.name,
      outputs: trial.length,
      classNames: hints.classes ?? statedClasses(header, beside, trial.length),
      gives: givenKind(trial, output, hints),
      values,
      externalFiles,
    };
    return new OnnxClassifier(facts, opened);
  } catch (thrown) {
    native.dispose();
    throw thrown;
  }
}

/** The outputs for one black image, as the network takes it. Throws UNSUPPORTED_FORMAT. */
function trialRow(file: string, opened: Opened, n: number): Float32Array {
  const { size } = opened.form.input;
  try {
    const rows = runOnce(opened, new Float32Array(n * size * size * 3), n);
    return rows.slice(0, rows.length / n);
  } catch (thrown) {
    throw refuse(file, messageOf(thrown), classifierHint, thrown);
  }
}
