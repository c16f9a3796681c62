import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import protobuf from 'protobufjs/minimal.js';
import { DistillError } from '../../../contract/errors.ts';
import { fileError } from '../../../platform/files.ts';
import { fields } from '../../backend/onnx/fields.ts';
import { loadModel, type NativeSession } from '../../backend/onnxruntime/binding.ts';
import type { SessionOptions } from '../../backend/onnxruntime/session-options.ts';
import type { OnnxHeader } from './header.ts';
import { notLoaded } from './refuse.ts';

/** A value of a graph that is a map of features of each image. */
export interface FeatureMap {
  /** Its name in the graph. */
  tensor: string;
  /** [height, width, channels] */
  shape: readonly [number, number, number];
  /** Whether its channels come before its places. */
  isPlanar: boolean;
}

/** Images and pixels are square, so the two sides that are equal are those of the map; where all three are, ONNX's own order counts. */
export function featureMap(tensor: string, dims: readonly number[], images: number): FeatureMap | null {
  const [n, a, b, c] = dims;
  if (dims.length !== 4 || n !== images) return null;
  if (b === c) return { tensor, shape: [b!, c!, a!], isPlanar: true };
  return a === b ? { tensor, shape: [a!, b!, c!], isPlanar: false } : null;
}

/** Its values for n images as the program's own networks have them, [n, height, width, channels]. The caller disposes. */
export function mapTensor({ shape, isPlanar }: FeatureMap, values: Float32Array, n: number): Tensor4D {
  const [height, width, channels] = shape;
  return isPlanar
    ? tf.tidy(() => tf.transpose(tf.tensor4d(values, [n, channels, height, width]), [0, 2, 3, 1]))
    : tf.tensor4d(values, [n, height, width, channels]);
}

/** Loads a network whose graph has further values among the outputs; its weights may lie in files beside its own. */
export async function loadWithOutputs(
  file: string,
  header: OnnxHeader,
  tensors: readonly string[],
  options: Pick<SessionOptions, 'level' | 'arena'>,
): Promise<NativeSession> {
  const bytes = await withOutputs(file, header, tensors);
  try {
    return loadModel(bytes, { ...options, weightsFolder: path.dirname(path.resolve(file)) });
  } catch (cause) {
    throw notLoaded(file, header, cause);
  }
}

/**
 * The file with further values of its graph among the outputs; on the disk it stays as it is. Parts of a message that is there once
 * may come in several pieces (https://protobuf.dev/programming-guides/encoding/#last-one-wins), so a second piece of the graph at
 * the end is enough. Throws RECIPE_INVALID for a value that the graph does not have.
 */
async function withOutputs(
  file: string,
  { producers, outputs }: OnnxHeader,
  tensors: readonly string[],
): Promise<Uint8Array> {
  const missing = tensors.find((name) => !producers.has(name));
  if (missing !== undefined)
    throw new DistillError(
      'RECIPE_INVALID',
      `"${file}" has no tensor "${missing}".`,
      `List its feature maps: distill-studio evaluate ${file} --feature-maps`,
    );
  const bytes = await readFile(file).catch((thrown: unknown) => {
    throw fileError(thrown, file);
  });
  const message = protobuf.Writer.create()
    .uint32((fields.model.graph << 3) | 2)
    .fork();
  for (const name of tensors.filter((one) => !outputs.includes(one)))
    message
      .uint32((fields.graph.output << 3) | 2)
      .fork()
      .uint32((fields.valueInfo.name << 3) | 2)
      .string(name)
      .ldelim();
  return Buffer.concat([bytes, message.ldelim().finish()]);
}
