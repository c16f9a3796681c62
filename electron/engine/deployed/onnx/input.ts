import type { InferenceSession } from 'onnxruntime-node';
import { DistillError } from '../../../contract/errors.ts';
import type { Origin } from '../../../contract/onnx-inspection.ts';
import { imageIn, inputValuesIn } from '../../models/weights/metadata.ts';
import type { DeployedHints, DeployedInput } from '../deployed.ts';
import { sizeMissing, valuesMissing } from '../missing.ts';
import { refuse } from './refuse.ts';
import { type Dimension, fixedSide, type Layout, possibleLayouts, squareHint } from './shape.ts';

/** What to feed under which name. */
export interface FeedForm {
  name: string;
  type: 'uint8' | 'float32' | 'float16';
  layout: Layout;
  /** Images in every call; null: any number. */
  batch: number | null;
  input: DeployedInput;
  /** Of the input's shape; a side that is left open is a name, which may be empty. */
  shape: readonly Dimension[];
  origins: Readonly<Record<'size' | 'resize' | 'values' | 'channels', Origin>>;
  /** What of the input was stated nowhere and comes from the caller's `otherwise`. */
  guessed: readonly ('size' | 'values')[];
}

/** What is taken where neither hints nor files state it; without it the lack is an error. */
export type Otherwise = Partial<Pick<DeployedInput, 'size' | 'values'>>;

export interface FeedSources {
  metadata: Metadata;
  /** What the files beside it state. */
  beside: DeployedHints;
  /** Stated by its user. */
  hints: DeployedHints;
  otherwise?: Otherwise | undefined;
}

type Metadata = Record<string, string>;

const types = ['uint8', 'float32', 'float16'] as const;
const largestSide = 4096;
/** Pixels of one call, where the file fixes the number of images. */
const mostPixels = 2 ** 26;

/** The first that is stated, and where; null: it is stated nowhere. */
function firstStated<T>(
  places: readonly (readonly [Origin, T | null | undefined])[],
): { value: T; origin: Origin } | null {
  for (const [origin, value] of places) if (value !== null && value !== undefined) return { value, origin };
  return null;
}

function sizeOf(
  file: string,
  sides: readonly (Dimension | undefined)[],
  { metadata, beside, hints, otherwise }: FeedSources,
): { value: number; origin: Origin } {
  const [height, width] = sides.map(fixedSide);
  if (height !== null && width !== null && height !== width)
    throw refuse(file, `its images are of ${width} x ${height} pixels`, squareHint);
  const size = firstStated([
    ['graph', height ?? width],
    ['user', hints.size],
    ['metadata', imageIn(metadata)?.size],
    ['beside', beside.size],
    ['recipe', otherwise?.size],
  ]);
  if (size === null) throw sizeMissing(file);
  if (size.value >= 1 && size.value <= largestSide) return size;
  throw refuse(file, `its images have a side of ${size.value} pixels`, squareHint);
}

function batchOf(file: string, images: Dimension | undefined, size: number): number | null {
  const batch = fixedSide(images);
  if (batch === null || (batch >= 1 && batch * size ** 2 <= mostPixels)) return batch;
  throw refuse(file, `it takes ${batch} images of ${size} x ${size} pixels in every call`, squareHint);
}

/** ONNX's own keys (docs/MetadataProps.md of the ONNX project). */
const nominalRanges: Record<string, DeployedInput['values']> = {
  NominalRange_0_255: 'pixels',
  Normalized_0_1: 'unit',
  Normalized_1_1: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
};

function statedValues(metadata: Metadata): DeployedInput['values'] | undefined {
  const own = inputValuesIn(metadata);
  const image = imageIn(metadata);
  if (own === 'pixels') return 'pixels';
  if (own === 'normalised' && image) return { mean: image.mean, std: image.std };
  const range = metadata['Image.NominalPixelRange'];
  return range !== undefined && Object.hasOwn(nominalRanges, range) ? nominalRanges[range] : undefined;
}

function valuesOf(
  file: string,
  type: FeedForm['type'],
  { metadata, beside, hints, otherwise }: FeedSources,
): { value: DeployedInput['values']; origin: Origin } {
  if (type === 'uint8') {
    if (hints.values === undefined || hints.values === 'pixels') return { value: 'pixels', origin: 'graph' };
    throw new DistillError(
      'INVALID_INPUT',
      `"${file}" takes whole numbers from 0 to 255, so its input cannot be scaled or normalised.`,
      'Leave the input values out.',
    );
  }
  const values = firstStated([
    ['user', hints.values],
    ['metadata', statedValues(metadata)],
    ['beside', beside.values],
    ['recipe', otherwise?.values],
  ]);
  if (values !== null) return values;
  throw valuesMissing(file);
}

/** By ONNX's own key. */
const pixelFormats: Record<string, DeployedInput['channels']> = { Bgr8: 'BGR', Rgb8: 'RGB' };
const statedChannels = (metadata: Metadata): DeployedInput['channels'] | undefined => {
  const format = metadata['Image.BitmapPixelFormat'];
  return format !== undefined && Object.hasOwn(pixelFormats, format) ? pixelFormats[format] : undefined;
};

/**
 * How a network wants its images, from the shape and type of its input, the hints, its metadata and the files beside it: the
 * first that states something counts. A form for each layout that the shape permits (layout.ts settles which it is). Throws
 * UNSUPPORTED_FORMAT, and INVALID_INPUT where something necessary is stated nowhere.
 */
export function feedForms(
  file: string,
  inputs: readonly InferenceSession.ValueMetadata[],
  sources: FeedSources,
): FeedForm[] {
  const [first] = inputs;
  if (inputs.length !== 1 || !first?.isTensor)
    throw refuse(
      file,
      `it has ${inputs.length} inputs (${inputs.map(({ name }) => name).join(', ')})`,
      squareHint,
    );
  const type = types.find((one) => one === first.type);
  if (!type) throw refuse(file, `its input is of the type ${first.type}`, squareHint);
  const { shape } = first;
  return possibleLayouts(file, shape, sources.hints.layout).map((layout) =>
    formIn(layout, { file, name: first.name, type, shape }, sources),
  );
}

function formIn(
  layout: Layout,
  { file, name, type, shape }: { file: string } & Pick<FeedForm, 'name' | 'type' | 'shape'>,
  sources: FeedSources,
): FeedForm {
  const { metadata, beside, hints } = sources;
  const size = sizeOf(file, layout === 'NCHW' ? shape.slice(2) : shape.slice(1, 3), sources);
  const values = valuesOf(file, type, sources);
  const resize = firstStated([
    ['user', hints.resize],
    ['metadata', imageIn(metadata)?.resize],
    ['beside', beside.resize],
  ]);
  const channels = firstStated([
    ['user', hints.channels],
    ['metadata', statedChannels(metadata)],
  ]) ?? { value: 'RGB' as const, origin: 'usual' as const };
  return {
    name,
    type,
    layout,
    batch: batchOf(file, shape[0], size.value),
    input: {
      size: size.value,
      resize: resize?.value ?? null,
      values: values.value,
      channels: channels.value,
    },
    shape,
    origins: {
      size: size.origin,
      resize: resize?.origin ?? 'recipe',
      values: values.origin,
      channels: channels.origin,
    },
    guessed: [
      ...(size.origin === 'recipe' ? ['size' as const] : []),
      ...(values.origin === 'recipe' ? ['values' as const] : []),
    ],
  };
}
