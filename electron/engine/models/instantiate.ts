import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { DistillError } from '../../contract/errors.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { random } from '../numbers/random.ts';
import { describe, describeStages } from './describe.ts';
import { tensorLayers } from './execute.ts';
import { checkedFrozenGroups } from './freezing.ts';
import type { Initialiser } from './initialise.ts';
import type { Network } from './layers.ts';
import type { Buffer, ForwardContext, Model, ModelOutputs, Parameter } from './model.ts';
import { summarise } from './summary.ts';

/** Parameters' shapes are the same at every image size. */
const anySize = 32;

// Left unnamed: tfjs wants names unique in the process, where teacher and student have the same ones.
function variableOf(shape: number[], next: () => number): Variable {
  return tf.tidy(() => {
    const values = new Float32Array(tf.util.sizeFromShape(shape));
    for (let i = 0; i < values.length; i++) values[i] = next();
    return tf.variable(tf.tensor(values, shape, 'float32'));
  });
}

function initialised(seed: number, name: string, shape: number[], initial: Initialiser): Variable {
  const stream = random(seed, 'init', name);
  return variableOf(shape, () => initial(stream));
}

/** One forward pass. */
function run(
  network: Network,
  variable: (name: string) => Variable,
  images: Tensor4D,
  context: ForwardContext,
): ModelOutputs {
  const { features: wanted = [] } = context;
  const found: Record<string, Tensor4D> = {};
  let penultimate: Tensor2D | null = null;
  const layers = tensorLayers(variable, context, {
    stage: (name, output) => {
      if (wanted.includes(name)) found[name] = output;
    },
    // The last one counts.
    vector: (input) => {
      if (context.penultimate) penultimate = input;
    },
  });
  const logits = network.reduce<Tensor>((x, section) => section(layers, x), images) as Tensor2D;
  const features = wanted.map((name) => {
    const output = found[name];
    if (!output) throw new DistillError('INTERNAL', `The network has no stage "${name}".`);
    return [name, output] as const;
  });
  return { logits, features: Object.fromEntries(features), penultimate };
}

/** Allocates a network's parameters and buffers; each parameter starts from its own stream of `seed`. */
export function instantiate(network: Network, recipe: ModelRecipe, classes: number, seed: number): Model {
  const parameters: Parameter[] = [];
  const buffers: Buffer[] = [];
  for (const layer of describe(network, anySize)) {
    for (const { name, kind, shape, initial } of layer.parameters) {
      parameters.push({ name, kind, group: layer.group, variable: initialised(seed, name, shape, initial) });
    }
    for (const { name, shape, value } of layer.buffers) {
      buffers.push({ name, variable: variableOf(shape, () => value) });
    }
  }
  const byName = new Map([...parameters, ...buffers].map(({ name, variable }) => [name, variable]));
  const variable = (name: string): Variable => byName.get(name)!;
  const groups = network.length;
  let frozen = 0;
  const trainable = ({ group, kind }: Pick<Parameter, 'group' | 'kind'>) =>
    group >= frozen || kind === 'norm';

  return {
    recipe,
    classes,
    parameters,
    buffers,
    groups,
    trainable,
    forward: (images, context) => run(network, variable, images, context),
    stages: (size) => describeStages(network, size),
    freezeTo(group) {
      frozen = checkedFrozenGroups(group, { groups, architecture: recipe.architecture });
    },
    summary: (size) => summarise(network, size, trainable),
    dispose: () => byName.forEach((each) => each.dispose()),
  };
}
