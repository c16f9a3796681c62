import { stemWidth } from '../../contract/architectures.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { chooseHead, linearHead } from './heads.ts';
import { filterDefault } from './initialise.ts';
import type { Layers, Network, Window } from './layers.ts';

/** Table 5 of Ma et al. (2018): channels of stages 2 to 4, for a stem of 24. */
const variants = {
  shufflenet_v2_x0_5: [48, 96, 192],
  shufflenet_v2_x1_0: [116, 232, 464],
} satisfies Record<string, [number, number, number]>;

const counts = [4, 8, 4];
const ownWidth = 24;
const lastChannels = 1024;

const pointwise: Window = { kernel: 1, stride: 1, padding: 0 };

/** A filter and its batch norm, which torchvision numbers one after the other. */
const named = (name: string, index: number) => [`${name}.${index}`, `${name}.${index + 1}`] as const;

function pointwiseNorm<V>(layers: Layers<V>, name: string, index: number, x: V, channels: number): V {
  const [conv, norm] = named(name, index);
  const y = layers.conv(conv, x, { channels, ...pointwise, initial: filterDefault });
  return layers.norm(norm, y, { activation: 'relu' });
}

function depthwiseNorm<V>(layers: Layers<V>, name: string, index: number, x: V, stride: number): V {
  const [conv, norm] = named(name, index);
  return layers.norm(
    norm,
    layers.depthwise(conv, x, { kernel: 3, stride, padding: 1, initial: filterDefault }),
  );
}

/** Half of the channels pass through three convolutions, the other half stay, or pass through two where the block downsamples. */
function block<V>(
  layers: Layers<V>,
  name: string,
  x: V,
  { channels, stride }: { channels: number; stride: number },
): V {
  const half = channels / 2;
  const branch2 = (input: V): V => {
    const y = pointwiseNorm(layers, `${name}.branch2`, 0, input, half);
    const filtered = depthwiseNorm(layers, `${name}.branch2`, 3, y, stride);
    return pointwiseNorm(layers, `${name}.branch2`, 5, filtered, half);
  };
  if (stride === 1) {
    const [kept, changed] = layers.halves(x);
    return layers.shuffle(layers.concat(kept, branch2(changed)), 2);
  }
  const filtered = depthwiseNorm(layers, `${name}.branch1`, 0, x, stride);
  const branch1 = pointwiseNorm(layers, `${name}.branch1`, 2, filtered, half);
  return layers.shuffle(layers.concat(branch1, branch2(x)), 2);
}

/**
 * torchvision's ShuffleNetV2 (Ma et al., 2018) at width / 24 of its channels, which are rounded to even numbers; the last
 * convolution has 1024 at any width. Images shrink by 32 in all, by 8 with stem 'small' and by 16 with 'small-stride2', which
 * have no max pooling. Parameter groups: up to layer2, the rest of the body, head.
 */
export function shufflenetV2(recipe: ModelRecipe, variant: keyof typeof variants, classes: number): Network {
  const width = stemWidth(recipe);
  const stage = <V>(layers: Layers<V>, x: V, index: number): V => {
    const channels = Math.max(2, 2 * Math.round((variants[variant][index]! * width) / ownWidth / 2));
    let y = x;
    for (let i = 0; i < counts[index]!; i++)
      y = block(layers, `stage${index + 2}.${i}`, y, { channels, stride: i === 0 ? 2 : 1 });
    return layers.stage(`layer${index + 2}`, y);
  };
  const stem = <V>(layers: Layers<V>, images: V): V => {
    const stride = recipe.stem === 'small' ? 1 : 2;
    const window = { kernel: 3, stride, padding: 1 };
    const x = layers.conv('conv1.0', images, { channels: width, ...window, initial: filterDefault });
    const y = layers.norm('conv1.1', x, { activation: 'relu' });
    const pooled =
      recipe.stem === 'imagenet' ? layers.maxPool('maxpool', y, { kernel: 3, stride: 2, padding: 1 }) : y;
    return layers.stage('layer1', pooled);
  };
  return [
    (layers, images) => stage(layers, stem(layers, images), 0),
    (layers, x) => pointwiseNorm(layers, 'conv5', 0, stage(layers, stage(layers, x, 1), 2), lastChannels),
    chooseHead(recipe, classes, linearHead('fc', classes)),
  ];
}
