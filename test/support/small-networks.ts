import * as tf from '@tensorflow/tfjs-core';
import { type ModelRecipe, modelSchema } from '../../electron/contract/recipe/model.ts';
import { createModel, type Model } from '../../electron/engine/models/index.ts';
import { random } from '../../electron/engine/numbers/random.ts';

/** Every family with its own head, and fastai's head on each kind of body; stems that differ. Small enough for unit tests. */
export const smallNetworks: ModelRecipe[] = [
  { architecture: 'resnet18', width: 4, stem: 'imagenet' },
  { architecture: 'resnet18', width: 4, stem: 'small', head: 'fastai' },
  { architecture: 'resnet34', width: 4, stem: 'small-stride2' },
  { architecture: 'resnet50', width: 4, stem: 'small-stride2' },
  { architecture: 'mobilenet_v2', width: 8, stem: 'small-stride2' },
  { architecture: 'mobilenet_v2', width: 8, stem: 'small', head: 'fastai' },
  { architecture: 'cifar_resnet8', width: 8, stem: 'small' },
  { architecture: 'cifar_resnet14', width: 4, stem: 'small-stride2' },
  { architecture: 'cifar_resnet20', width: 4, stem: 'small', head: 'fastai' },
  { architecture: 'mobilenet_v3_small', width: 8, stem: 'small-stride2' },
  { architecture: 'efficientnet_b0', width: 8, stem: 'small-stride2' },
  { architecture: 'shufflenet_v2_x0_5', width: 8, stem: 'imagenet' },
  { architecture: 'squeezenet1_1', width: 8, stem: 'imagenet' },
  { architecture: 'ds_cnn', width: 8, depth: 3, stem: 'small' },
  { architecture: 'convnext_tiny', width: 4, stem: 'small-stride2' },
].map((recipe) => modelSchema.parse(recipe));

/** Those that TensorFlow Lite has in integers: without layer norms. */
export const integerNetworks = smallNetworks.filter(({ architecture }) => architecture !== 'convnext_tiny');

export const networkTitle = ({ architecture, stem, head }: ModelRecipe): string =>
  `${architecture}, stem ${stem}, head ${head}`;

/**
 * A network whose batch norms have statistics of their own, as after training, so that folding them is seen; its activations
 * stay of the order of 1. The caller disposes of it.
 */
export function trainedLooking(recipe: ModelRecipe, classes: number, seed = 1): Model {
  const model = createModel(recipe, classes, seed);
  const noise = random(seed, 'trained-looking');
  for (const { name, variable } of [...model.parameters, ...model.buffers]) {
    const part = name.slice(name.lastIndexOf('.') + 1);
    const isNorm = part.startsWith('running_') || variable.shape.length === 1;
    if (!isNorm) continue;
    const around = part === 'running_var' || part === 'weight' ? 1 : 0;
    const values = Float32Array.from({ length: variable.size }, () => around + noise.uniform(-0.2, 0.2));
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
  return model;
}

/** Images like photographs' normalised pixels: [n, size, size, 3], the same for the same seed. */
export function noiseImages(n: number, size: number, seed = 1): Float32Array {
  const noise = random(seed, 'images');
  return Float32Array.from({ length: n * size * size * 3 }, () => noise.normal());
}

/** The model's own output: logits, [n, classes] row by row. */
export const ownLogits = (model: Model, images: Float32Array, size: number): Float32Array =>
  tf.tidy(() =>
    model
      .forward(tf.tensor4d(images, [images.length / (size * size * 3), size, size, 3]), {
        training: false,
      })
      .logits.dataSync<'float32'>()
      .slice(),
  );
