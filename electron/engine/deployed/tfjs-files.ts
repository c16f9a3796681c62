import type { io } from '@tensorflow/tfjs-core';
import path from 'node:path';
import { z } from 'zod';
import { DistillError } from '../../contract/errors.ts';
import { readWholeFile } from '../../platform/files.ts';
import { sizeOf } from '../models/weights/tensor-data.ts';

const largestModel = 256e6;
/** Above every network that is read here; an ArrayBuffer has its limit near. */
const largestWeights = 2e9;

/** A graph of these runs as long as it likes. */
const controlFlow = new Set(
  ['While', 'StatelessWhile', 'If', 'StatelessIf', 'Enter', 'Exit', 'NextIteration', 'LoopCond'].concat([
    'Switch',
    'Merge',
    'PartitionedCall',
    'StatefulPartitionedCall',
  ]),
);

const byteSizes: Record<string, number> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };
const dtype = z.enum(Object.keys(byteSizes) as [string, ...string[]]);
const weightSchema = z.looseObject({
  name: z.string(),
  shape: z.array(z.number().int().min(0)),
  dtype,
  quantization: z.looseObject({ dtype }).optional(),
});
const nodeSchema = z.looseObject({
  name: z.string(),
  op: z.string(),
  input: z.array(z.string()).default([]),
});
export type GraphNode = z.output<typeof nodeSchema>;

const modelSchema = z.looseObject({
  format: z.string().optional(),
  modelTopology: z.looseObject({
    node: z.array(nodeSchema).max(100_000),
    versions: z.looseObject({}).default({ producer: 0, minConsumer: 0 }),
  }),
  weightsManifest: z.array(
    z.looseObject({ paths: z.array(z.string()), weights: z.array(weightSchema).max(100_000) }),
  ),
  signature: z.looseObject({}).optional(),
  userDefinedMetadata: z.record(z.string(), z.unknown()).optional(),
});
type GraphModelJson = z.output<typeof modelSchema>;

export const refuse = (file: string, why: string, hint: string, cause?: unknown): DistillError =>
  new DistillError(
    'UNSUPPORTED_FORMAT',
    `"${file}" cannot be used as a TensorFlow.js network: ${why}.`,
    hint,
    {
      cause,
    },
  );
export const damaged = 'Replace it by a whole copy, or export it again.';

function parse(file: string, bytes: Buffer): GraphModelJson {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw refuse(file, 'its model.json is not JSON', damaged, cause);
  }
  const { format } = z.looseObject({ format: z.unknown() }).catch({ format: null }).parse(json);
  if (format === 'layers-model')
    throw refuse(
      file,
      'it is a layers model',
      'Convert it: tensorflowjs_converter --input_format tfjs_layers_model --output_format tfjs_graph_model.',
    );
  const model = modelSchema.safeParse(json);
  if (!model.success) throw refuse(file, 'its model.json is not that of a graph model', damaged, model.error);
  const foreign = model.data.modelTopology.node.find(({ op }) => controlFlow.has(op));
  if (foreign)
    throw refuse(
      file,
      `it has loops or branches ("${foreign.op}")`,
      'Networks that compute the same steps for every image are read.',
    );
  return model.data;
}

/** A shard's place; manifests name files beside them. */
function shardPath(folder: string, name: string): string {
  if (path.posix.basename(name) === name && !name.includes('\\') && name !== '..' && name !== '')
    return path.join(folder, name);
  throw refuse(folder, `its weights lie elsewhere ("${name}")`, 'Put them beside model.json.');
}

async function readShards(folder: string, manifest: GraphModelJson['weightsManifest']): Promise<Buffer> {
  const wanted = manifest.flatMap(({ weights }) => weights);
  const bytesOf = ({ shape, dtype: own, quantization }: (typeof wanted)[number]) =>
    sizeOf(shape) * byteSizes[quantization?.dtype ?? own]!;
  const total = wanted.reduce((sum, weight) => sum + bytesOf(weight), 0);
  const tooLarge = () => refuse(folder, 'its weights are larger than what is read here', damaged);
  if (!(total <= largestWeights)) throw tooLarge();
  const shards: Buffer[] = [];
  let left = total;
  for (const name of manifest.flatMap(({ paths }) => paths)) {
    const shard = await readWholeFile(shardPath(folder, name), left, () =>
      refuse(folder, 'its shards hold more than the weights that model.json lists', damaged),
    );
    shards.push(shard);
    left -= shard.length;
  }
  if (left !== 0) throw refuse(folder, `its shards lack ${left} bytes of weights`, damaged);
  return Buffer.concat(shards);
}

export interface GraphModelFiles {
  /** As tfjs loads it. */
  artifacts: io.ModelArtifacts;
  nodes: readonly GraphNode[];
  metadata: Record<string, unknown>;
}

/** A folder with a graph model. Throws UNSUPPORTED_FORMAT and what reading files throws. */
export async function readGraphModel(folder: string): Promise<GraphModelFiles> {
  const tooLarge = () => refuse(folder, 'its model.json is larger than what is read here', damaged);
  const bytes = await readWholeFile(path.join(folder, 'model.json'), largestModel, tooLarge);
  const { modelTopology, weightsManifest, signature, userDefinedMetadata = {} } = parse(folder, bytes);
  const weights = await readShards(folder, weightsManifest);
  const artifacts: io.ModelArtifacts = {
    modelTopology,
    weightSpecs: weightsManifest.flatMap((group) => group.weights) as io.WeightsManifestEntry[],
    weightData: Uint8Array.from(weights).buffer,
    ...(signature && { signature }),
    ...({ userDefinedMetadata } as Pick<io.ModelArtifacts, 'userDefinedMetadata'>),
  };
  return { artifacts, nodes: modelTopology.node, metadata: userDefinedMetadata };
}
