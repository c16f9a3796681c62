import type { InferenceSession } from 'onnxruntime-node';
import type { NativeSession, NativeValue } from '../../backend/onnxruntime/binding.ts';
import type { Feed } from '../../backend/onnxruntime/feed.ts';
import { halvesOf } from '../../numbers/float16.ts';
import { planes } from '../rows.ts';
import type { FeedForm } from './input.ts';
import { classifierHint, floats, isRowPerImage } from './output.ts';
import { messageOf, refuse } from './refuse.ts';

/** By TensorProto.DataType: the types that an input or output of a classifier may have. */
const typeNames: Readonly<Record<number, string>> = { 1: 'float32', 2: 'uint8', 10: 'float16' };

/** An input or output as onnxruntime-node describes it. */
export const described = ({
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

/** What is fixed once a file is opened. */
export interface Opened {
  native: NativeSession;
  form: FeedForm;
  output: string;
}

/**
 * The values of the output, and then of further tensors, for normalised images [n, size, size, 3] in one call, image by image. Throws
 * what ONNX Runtime throws.
 */
export function runOnce(
  { native, form, output }: Opened,
  images: Float32Array,
  n: number,
  tensors: readonly string[] = [],
): { values: Float32Array; dims: readonly number[] }[] {
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
  const names = [output, ...tensors];
  const results = native.run({ [name]: feed }, Object.fromEntries(names.map((one) => [one, null])));
  const { dims: rows } = results[output]!;
  if (!isRowPerImage(rows, n))
    throw new Error(`for ${n} images its output has the shape [${rows.join(', ')}]`);
  return names.map((one) => ({ values: floats(results[one]!), dims: results[one]!.dims }));
}

/** What black images give, as the network takes them. Throws UNSUPPORTED_FORMAT. */
export function trialRun(
  file: string,
  opened: Opened,
  n: number,
  tensors: readonly string[],
): ReturnType<typeof runOnce> {
  const { size } = opened.form.input;
  try {
    return runOnce(opened, new Float32Array(n * size * size * 3), n, tensors);
  } catch (thrown) {
    throw refuse(file, messageOf(thrown), classifierHint, thrown);
  }
}
