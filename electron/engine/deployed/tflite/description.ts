import { fromBufferPromise } from 'yauzl';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { decode, FlatBufferError } from '../../flatbuffer/decode.ts';
import { axisLabels, metadataName, ownName, tfliteMetadataSchema } from '../../flatbuffer/tflite-metadata.ts';
import { classNamesIn, imageIn, inputValuesIn } from '../../models/weights/metadata.ts';
import type { DeployedInput } from '../deployed.ts';
import type { TfliteModel } from './model.ts';

/** What a file states about itself; null where it does not. */
export interface Description {
  resize: DeployedInput['resize'];
  values: DeployedInput['values'] | null;
  classes: string[] | null;
}

const mostLabelBytes = 2 ** 24;
const textsSchema = z.record(z.string(), z.string());

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function ownDescription(bytes: Uint8Array): Description | null {
  try {
    const texts = textsSchema.parse(JSON.parse(textOf(bytes)));
    return {
      resize: imageIn(texts)?.resize ?? null,
      values: inputValuesIn(texts) === 'pixels' ? 'pixels' : null,
      classes: classNamesIn(texts),
    };
  } catch {
    return null;
  }
}

/** A file in the zip that may be appended to a model; null where there is none. */
async function appended(bytes: Uint8Array, name: string): Promise<string | null> {
  try {
    const zip = await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    for await (const entry of zip.eachEntry())
      if (entry.fileName === name && entry.uncompressedSize <= mostLabelBytes)
        return textOf(await buffer(await zip.openReadStreamPromise(entry)));
  } catch {
    // No zip, or a broken one: then the file does not state its classes.
  }
  return null;
}

const three = (values: readonly number[]): [number, number, number] | null =>
  values.length === 1
    ? [values[0]!, values[0]!, values[0]!]
    : values.length === 3
      ? [values[0]!, values[1]!, values[2]!]
      : null;

/** (pixel - mean) / std, the official way, in the terms used here. */
function valuesOf(mean: readonly number[], std: readonly number[]): DeployedInput['values'] | null {
  const [means, stds] = [three(mean), three(std)];
  if (!means || !stds || stds.some((value) => !(value > 0))) return null;
  if (means.every((value) => value === 0) && stds.every((value) => value === 1)) return 'pixels';
  if (means.every((value) => value === 0) && stds.every((value) => value === 255)) return 'unit';
  const over255 = ([r, g, b]: [number, number, number]): [number, number, number] => [
    r / 255,
    g / 255,
    b / 255,
  ];
  return { mean: over255(means), std: over255(stds) };
}

async function officialDescription(metadata: Uint8Array, file: Uint8Array): Promise<Description | null> {
  try {
    const { subgraph_metadata } = decode(tfliteMetadataSchema, metadata);
    const { input_tensor_metadata, output_tensor_metadata } = subgraph_metadata?.[0] ?? {};
    const units = (input_tensor_metadata?.[0]?.process_units ?? []).map(({ options }) => options?.value);
    const normalisation = units.find((unit) => unit !== undefined);
    const labels = output_tensor_metadata?.[0]?.associated_files?.find(
      ({ type }) => type === axisLabels,
    )?.name;
    const text = labels === undefined ? null : await appended(file, labels);
    const { mean = [], std = [] } = normalisation ?? {};
    return {
      resize: null,
      values: valuesOf(mean, std),
      classes: text === null ? null : text.trimEnd().split(/\r?\n/),
    };
  } catch (thrown) {
    if (thrown instanceof FlatBufferError) return null;
    throw thrown;
  }
}

/** What our own description, or else TensorFlow Lite's official one, states about a file. */
export async function describeFile({ metadata }: TfliteModel, bytes: Uint8Array): Promise<Description> {
  const own = metadata.get(ownName);
  const official = metadata.get(metadataName);
  return (
    (own && ownDescription(own)) ??
    (official && (await officialDescription(official, bytes))) ?? {
      resize: null,
      values: null,
      classes: null,
    }
  );
}
