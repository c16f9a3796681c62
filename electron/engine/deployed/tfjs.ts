import { type GraphModel, loadGraphModel, version } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { imageSchema } from '../../contract/recipe/image.ts';
import type { DeployedHints, DeployedInput, DeployedNetwork } from './deployed.ts';
import { damaged, type GraphNode, readGraphModel, refuse } from './tfjs-files.ts';
import { sizeMissing, valuesMissing } from './missing.ts';
import { inBatches } from './rows.ts';
import { networkValues } from './values.ts';

const squareHint = 'Networks for one square image of three channels, the channels last, are read.';

/** What export/tfjs/files.ts writes into a graph model. */
const ownMetadata = z.object({
  classes: z.array(z.string()).min(1).optional().catch(undefined),
  image: imageSchema.optional().catch(undefined),
  input: z.enum(['pixels', 'normalised']).optional().catch(undefined),
});
type OwnMetadata = z.output<typeof ownMetadata>;

const largestSide = 4096;

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** The side of the images, which is `size` where the graph leaves it open, and how many of them a call takes; null: any number. */
function shapeOf(
  folder: string,
  model: GraphModel,
  size: number | undefined,
): { size: number; batch: number | null } {
  const [input] = model.inputs;
  const shape = input?.shape;
  const [batch, height, width, channels] = shape ?? [];
  if (model.inputs.length !== 1 || shape?.length !== 4 || channels !== 3 || height !== width)
    throw refuse(
      folder,
      `its inputs are ${JSON.stringify(model.inputs.map((one) => one.shape))}`,
      squareHint,
    );
  const side = height !== undefined && height > 0 ? height : size;
  if (side === undefined) throw sizeMissing(folder);
  if (side > largestSide) throw refuse(folder, `its images have a side of ${side} pixels`, squareHint);
  return { size: side, batch: batch === undefined || batch < 1 ? null : batch };
}

const valuesOf = ({ input, image }: OwnMetadata): DeployedInput['values'] | null => {
  if (input === 'pixels') return 'pixels';
  return input === 'normalised' && image ? { mean: image.mean, std: image.std } : null;
};

function inputOf(folder: string, size: number, metadata: OwnMetadata, hints: DeployedHints): DeployedInput {
  const values = hints.values ?? valuesOf(metadata);
  if (values)
    return {
      size,
      resize: hints.resize ?? metadata.image?.resize ?? null,
      values,
      channels: hints.channels ?? 'RGB',
    };
  throw valuesMissing(folder);
}

/** What a value is computed by, past what only reshapes it. */
function operationOf(name: string, nodes: readonly GraphNode[]): string | undefined {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const reshaping = ['Identity', 'Reshape', 'Squeeze'];
  let node = byName.get(name);
  for (let steps = 0; node && reshaping.includes(node.op) && steps < nodes.length; steps++)
    node = byName.get((node.input[0] ?? '').split(':')[0]!);
  return node?.op;
}

/** The output to ask for, and whether softmax is still to be taken of it. */
function outputOf(
  folder: string,
  model: GraphModel,
  nodes: readonly GraphNode[],
): { name: string; isLogits: boolean } {
  const names = model.outputs.map(({ name }) => name);
  const name = names.length === 1 ? names[0]! : names.find((one) => one === 'probabilities');
  if (name === undefined)
    throw refuse(
      folder,
      `it has ${names.length} outputs`,
      'Networks with one output are read, or with one named "probabilities".',
    );
  const operation = operationOf(name, nodes);
  if (operation === 'Sigmoid')
    throw refuse(
      folder,
      'its outputs are independent of each other',
      'Networks that choose one class are read.',
    );
  return { name, isLogits: operation !== 'Softmax' };
}

/**
 * A graph model of TensorFlow.js, by its folder; the engine's own backend runs it. Where the network does not end with softmax, it
 * is added. Throws UNSUPPORTED_FORMAT, INVALID_INPUT where neither file nor hints give the values of pixels.
 */
export async function openTfjs(folder: string, hints: DeployedHints = {}): Promise<DeployedNetwork> {
  const { artifacts, nodes, metadata: given } = await readGraphModel(folder);
  const model = await loadGraphModel({ load: () => Promise.resolve(artifacts) }).catch((cause: unknown) => {
    throw refuse(folder, messageOf(cause), damaged, cause);
  });
  try {
    const metadata = ownMetadata.parse(given);
    const { size, batch } = shapeOf(folder, model, hints.size ?? metadata.image?.size);
    const input = inputOf(folder, size, metadata, hints);
    const { name, isLogits } = outputOf(folder, model, nodes);
    const dtype = model.inputs[0]!.dtype === 'int32' ? 'int32' : 'float32';

    const predict = async (images: Uint8Array, n: number): Promise<Float32Array> => {
      const result = tf.tidy(() => {
        const x = tf.tensor4d(networkValues(images, input), [n, size, size, 3]).asType(dtype);
        const y = model.execute(x, name) as Tensor;
        const outputs = y.shape.at(-1) ?? 0;
        if (y.size !== n * outputs) throw new Error(`its output's shape is [${y.shape.join(', ')}]`);
        return isLogits ? tf.softmax(y.as2D(n, outputs)) : y;
      });
      try {
        return (await result.data()) as Float32Array;
      } finally {
        result.dispose();
      }
    };
    const few = batch ?? 1;
    const trial = await predict(new Uint8Array(few * size * size * 3), few).catch((cause: unknown) => {
      throw refuse(folder, messageOf(cause), squareHint, cause);
    });
    return {
      runtime: `tfjs ${version.tfjs} (${tf.getBackend()})`,
      input,
      classes: hints.classes ?? metadata.classes ?? null,
      outputs: trial.length / few,
      probabilities: (images, n) => inBatches(images, n, batch, predict),
      dispose() {
        model.dispose();
        return Promise.resolve();
      },
    };
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}
