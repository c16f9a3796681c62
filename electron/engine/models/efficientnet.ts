import { stemWidth } from '../../contract/architectures.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { divisibleBy8 } from './divisible.ts';
import { chooseHead, linearHead } from './heads.ts';
import { linearByOutputs } from './initialise.ts';
import type { Layers, Network, Section, Window } from './layers.ts';
import { squeezeExcitation } from './squeeze-excitation.ts';

interface Stage {
  expansion: number;
  kernel: number;
  /** Of the first block. */
  stride: number;
  channels: number;
  count: number;
  /** The stage for feature methods that ends here, if one does. */
  stage: string | null;
}

/** Table 1 of Tan & Le (2019): EfficientNet-B0. */
const stages: Stage[] = [
  { expansion: 1, kernel: 3, stride: 1, channels: 16, count: 1, stage: null },
  { expansion: 6, kernel: 3, stride: 2, channels: 24, count: 2, stage: 'layer1' },
  { expansion: 6, kernel: 5, stride: 2, channels: 40, count: 2, stage: 'layer2' },
  { expansion: 6, kernel: 3, stride: 2, channels: 80, count: 3, stage: null },
  { expansion: 6, kernel: 5, stride: 1, channels: 112, count: 3, stage: 'layer3' },
  { expansion: 6, kernel: 5, stride: 2, channels: 192, count: 4, stage: null },
  { expansion: 6, kernel: 3, stride: 1, channels: 320, count: 1, stage: 'layer4' },
];
const blockCount = stages.reduce((sum, { count }) => sum + count, 0);

const pointwise: Window = { kernel: 1, stride: 1, padding: 0 };
/** torchvision's default: the last block's rate; the first has none, those between lie on a line. */
const stochasticDepth = 0.2;

/** Batch norm and SiLU, whose convolution has the same name with 0 at its end. */
const activated = <V>(layers: Layers<V>, name: string, x: V): V =>
  layers.nonlinear(layers.norm(`${name}.1`, x), 'silu');

interface BlockOptions extends Pick<Stage, 'expansion' | 'kernel' | 'stride' | 'channels'> {
  inputChannels: number;
  /** Of stochastic depth. */
  rate: number;
}

/** torchvision's MBConv. */
function invertedResidual<V>(layers: Layers<V>, name: string, x: V, options: BlockOptions): V {
  const { inputChannels, expansion, kernel, stride, channels, rate } = options;
  const expanded = divisibleBy8(inputChannels * expansion);
  let index = 0;
  const part = () => `${name}.block.${index++}`;
  let y = x;
  if (expanded !== inputChannels) {
    const widen = part();
    y = activated(layers, widen, layers.conv(`${widen}.0`, y, { channels: expanded, ...pointwise }));
  }
  const filter = part();
  const window = { kernel, stride, padding: (kernel - 1) / 2 };
  y = activated(layers, filter, layers.depthwise(`${filter}.0`, y, window));
  y = squeezeExcitation(layers, part(), y, {
    channels: expanded,
    squeezed: Math.max(1, Math.floor(inputChannels / 4)),
    activation: 'silu',
    gates: 'sigmoid',
  });
  const narrow = part();
  y = layers.norm(`${narrow}.1`, layers.conv(`${narrow}.0`, y, { channels, ...pointwise }));
  if (stride !== 1 || inputChannels !== channels) return y;
  return layers.add(layers.stochasticDepth(y, rate), x);
}

/**
 * torchvision's EfficientNet-B0 (Tan & Le, 2019) at width / 32 of its channels, with its dropout and stochastic depth. Images
 * shrink by 32 in all, by 8 with stem 'small' and by 16 with 'small-stride2': the first downsampling block keeps its resolution
 * there, and so does the first convolution with 'small'. Parameter groups: up to layer2, the rest of the body, head.
 */
export function efficientnet(recipe: ModelRecipe, classes: number): Network {
  const multiple = stemWidth(recipe) / 32;
  const adjusted = (channels: number) => divisibleBy8(channels * multiple);

  /** Stages `from` to `to`, 0-based; 'features.0' is the stem. */
  const span = <V>(layers: Layers<V>, images: V, from: number, to: number): V => {
    let x = images;
    let block = stages.slice(0, from).reduce((sum, { count }) => sum + count, 0);
    for (let i = from; i < to; i++) {
      const { count, stage, ...options } = stages[i]!;
      const channels = adjusted(options.channels);
      const keeps = recipe.stem !== 'imagenet' && stage === 'layer1';
      for (let j = 0; j < count; j++) {
        const before = i === 0 ? 32 : stages[i - 1]!.channels;
        x = invertedResidual(layers, `features.${i + 1}.${j}`, x, {
          ...options,
          inputChannels: j === 0 ? adjusted(before) : channels,
          channels,
          stride: j === 0 && !keeps ? options.stride : 1,
          rate: (stochasticDepth * block++) / blockCount,
        });
      }
      if (stage) x = layers.stage(stage, x);
    }
    return x;
  };
  const stem: Section = (layers, images) => {
    const window = { kernel: 3, stride: recipe.stem === 'small' ? 1 : 2, padding: 1 };
    const x = layers.conv('features.0.0', images, { channels: adjusted(32), ...window });
    return activated(layers, 'features.0', x);
  };
  const last: Section = (layers, x) => {
    const name = `features.${stages.length + 1}`;
    const channels = 4 * adjusted(stages.at(-1)!.channels);
    return activated(layers, name, layers.conv(`${name}.0`, x, { channels, ...pointwise }));
  };
  const linear = linearHead('classifier.1', classes, { initial: linearByOutputs, dropout: 0.2 });
  const middle = stages.findIndex(({ stage }) => stage === 'layer2') + 1;
  return [
    (layers, images) => span(layers, stem(layers, images), 0, middle),
    (layers, x) => last(layers, span(layers, x, middle, stages.length)),
    chooseHead(recipe, classes, linear),
  ];
}
