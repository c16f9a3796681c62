import { stemWidth } from '../../contract/architectures.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { chooseHead } from './heads.ts';
import { filterKaimingUniform, filterNarrow } from './initialise.ts';
import type { Layers, Network, Section, Window } from './layers.ts';

const ownWidth = 64;

/** Fire modules by torchvision's numbers: channels of the squeeze, and of each of the two expansions. */
const fires = [
  { index: 3, squeezed: 16, expanded: 64 },
  { index: 4, squeezed: 16, expanded: 64 },
  { index: 6, squeezed: 32, expanded: 128 },
  { index: 7, squeezed: 32, expanded: 128 },
  { index: 9, squeezed: 48, expanded: 192 },
  { index: 10, squeezed: 48, expanded: 192 },
  { index: 11, squeezed: 64, expanded: 256 },
  { index: 12, squeezed: 64, expanded: 256 },
];

const pointwise: Window = { kernel: 1, stride: 1, padding: 0 };
const relu = { bias: { activation: 'relu' }, initial: filterKaimingUniform } as const;

/**
 * torchvision's SqueezeNet 1.1 (Iandola et al., 2016) at width / 64 of its channels. It has no norms. Images shrink by 16 in all,
 * by 4 with stem 'small' and by 8 with 'small-stride2', which pad the first convolution and have no pooling behind it. Its logits
 * are averages of what a ReLU lets through, so that none is below 0; the penultimate vector is the average of what the last
 * convolution reads. Parameter groups: up to layer2, the rest of the body, head.
 */
export function squeezenet(recipe: ModelRecipe, classes: number): Network {
  const multiple = stemWidth(recipe) / ownWidth;
  const adjusted = (channels: number) => Math.max(1, Math.round(channels * multiple));

  const fire = <V>(layers: Layers<V>, x: V, index: number): V => {
    const { squeezed, expanded } = fires.find((one) => one.index === index)!;
    const name = `features.${index}`;
    const channels = adjusted(expanded);
    const y = layers.conv(`${name}.squeeze`, x, { channels: adjusted(squeezed), ...pointwise, ...relu });
    return layers.concat(
      layers.conv(`${name}.expand1x1`, y, { channels, ...pointwise, ...relu }),
      layers.conv(`${name}.expand3x3`, y, { channels, kernel: 3, stride: 1, padding: 1, ...relu }),
    );
  };
  const pool = <V>(layers: Layers<V>, x: V, index: number): V =>
    layers.maxPool(`features.${index}`, x, { kernel: 3, stride: 2, padding: 0, ceil: true });
  const stem = <V>(layers: Layers<V>, images: V): V => {
    const isLarge = recipe.stem === 'imagenet';
    const window = { kernel: 3, stride: recipe.stem === 'small' ? 1 : 2, padding: isLarge ? 0 : 1 };
    const x = layers.conv('features.0', images, { channels: adjusted(ownWidth), ...window, ...relu });
    return isLarge ? pool(layers, x, 2) : x;
  };
  const head: Section = (layers, x) => {
    const y = layers.penultimate(layers.dropout(x, 0.5));
    const scores = layers.conv('classifier.1', y, {
      channels: classes,
      ...pointwise,
      bias: { activation: 'relu' },
      initial: filterNarrow(0.01),
    });
    return layers.globalAveragePool('classifier.3', scores);
  };
  const fireAll = <V>(layers: Layers<V>, x: V, ...indices: number[]): V =>
    indices.reduce((y, index) => fire(layers, y, index), x);
  return [
    (layers, images) => {
      const layer1 = layers.stage('layer1', fireAll(layers, stem(layers, images), 3, 4));
      return layers.stage('layer2', fireAll(layers, pool(layers, layer1, 5), 6, 7));
    },
    (layers, x) => layers.stage('layer3', fireAll(layers, pool(layers, x, 8), 9, 10, 11, 12)),
    chooseHead(recipe, classes, head),
  ];
}
