import { stemWidth } from '../../contract/architectures.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { divisibleBy8 } from './divisible.ts';
import { chooseHead } from './heads.ts';
import { linearNormal } from './initialise.ts';
import type { Layers, Network, NormOptions, Section, Window } from './layers.ts';
import { squeezeExcitation } from './squeeze-excitation.ts';

interface BlockOptions {
  kernel: number;
  /** Channels between the first and the last convolution. */
  expanded: number;
  channels: number;
  squeezes: boolean;
  activation: 'relu' | 'hard-swish';
  stride: number;
}

const block = (
  kernel: number,
  expanded: number,
  channels: number,
  squeezes: boolean,
  activation: BlockOptions['activation'],
  stride = 1,
): BlockOptions => ({ kernel, expanded, channels, squeezes, activation, stride });

/** Tables 1 and 2 of Howard et al. (2019), where stages end, and the units of the head's first layer. */
const variants = {
  mobilenet_v3_small: {
    blocks: [
      block(3, 16, 16, true, 'relu', 2),
      block(3, 72, 24, false, 'relu', 2),
      block(3, 88, 24, false, 'relu'),
      block(5, 96, 40, true, 'hard-swish', 2),
      block(5, 240, 40, true, 'hard-swish'),
      block(5, 240, 40, true, 'hard-swish'),
      block(5, 120, 48, true, 'hard-swish'),
      block(5, 144, 48, true, 'hard-swish'),
      block(5, 288, 96, true, 'hard-swish', 2),
      block(5, 576, 96, true, 'hard-swish'),
      block(5, 576, 96, true, 'hard-swish'),
    ],
    stageEnds: [1, 3, 8, 11],
    hidden: 1024,
  },
  mobilenet_v3_large: {
    blocks: [
      block(3, 16, 16, false, 'relu'),
      block(3, 64, 24, false, 'relu', 2),
      block(3, 72, 24, false, 'relu'),
      block(5, 72, 40, true, 'relu', 2),
      block(5, 120, 40, true, 'relu'),
      block(5, 120, 40, true, 'relu'),
      block(3, 240, 80, false, 'hard-swish', 2),
      block(3, 200, 80, false, 'hard-swish'),
      block(3, 184, 80, false, 'hard-swish'),
      block(3, 184, 80, false, 'hard-swish'),
      block(3, 480, 112, true, 'hard-swish'),
      block(3, 672, 112, true, 'hard-swish'),
      block(5, 672, 160, true, 'hard-swish', 2),
      block(5, 960, 160, true, 'hard-swish'),
      block(5, 960, 160, true, 'hard-swish'),
    ],
    stageEnds: [3, 6, 12, 15],
    hidden: 1280,
  },
} satisfies Record<string, { blocks: BlockOptions[]; stageEnds: number[]; hidden: number }>;

const pointwise: Window = { kernel: 1, stride: 1, padding: 0 };
/** torchvision's BatchNorm2d(eps=0.001, momentum=0.01) for these networks. */
const normOptions: NormOptions<never> = { epsilon: 1e-3, momentum: 0.99 };

/** Batch norm and activation, whose convolution has the same name with 0 at its end. */
function activated<V>(layers: Layers<V>, name: string, x: V, activation: BlockOptions['activation']): V {
  if (activation === 'relu') return layers.norm(`${name}.1`, x, { ...normOptions, activation });
  return layers.nonlinear(layers.norm(`${name}.1`, x, normOptions), activation);
}

function invertedResidual<V>(
  layers: Layers<V>,
  name: string,
  x: V,
  { inputChannels, ...options }: BlockOptions & { inputChannels: number },
): V {
  const { kernel, expanded, channels, squeezes, activation, stride } = options;
  let index = 0;
  const part = () => `${name}.block.${index++}`;
  let y = x;
  if (expanded !== inputChannels) {
    const widen = part();
    y = layers.conv(`${widen}.0`, y, { channels: expanded, ...pointwise });
    y = activated(layers, widen, y, activation);
  }
  const filter = part();
  y = layers.depthwise(`${filter}.0`, y, { kernel, stride, padding: (kernel - 1) / 2 });
  y = activated(layers, filter, y, activation);
  if (squeezes)
    y = squeezeExcitation(layers, part(), y, {
      channels: expanded,
      squeezed: divisibleBy8(Math.floor(expanded / 4)),
      activation: 'relu',
      gates: 'hard-sigmoid',
    });
  const narrow = part();
  y = layers.conv(`${narrow}.0`, y, { channels, ...pointwise });
  const residual = stride === 1 && inputChannels === channels;
  return layers.norm(`${narrow}.1`, y, { ...normOptions, ...(residual ? { skip: () => x } : {}) });
}

/**
 * torchvision's MobileNetV3 (Howard et al., 2019) at width / 16 of its channels. Images shrink by 32 in all, by 8 with stem
 * 'small' and by 16 with 'small-stride2', as in MobileNetV2: the first downsampling block keeps its resolution there, and so does
 * the first convolution with 'small'. Parameter groups: up to layer2, the rest of the body, head.
 */
export function mobilenetV3(recipe: ModelRecipe, variant: keyof typeof variants, classes: number): Network {
  const { blocks, stageEnds, hidden } = variants[variant];
  const multiple = stemWidth(recipe) / 16;
  const adjusted = (channels: number) => divisibleBy8(channels * multiple);
  const firstDownsampling = blocks.findIndex(({ stride }) => stride === 2);

  /** Blocks `from` to `to`, 0-based; 'features.0' is the stem. */
  const span = <V>(layers: Layers<V>, images: V, from: number, to: number): V => {
    let x = images;
    for (let i = from; i < to; i++) {
      const options = blocks[i]!;
      const keeps = recipe.stem !== 'imagenet' && i === firstDownsampling;
      x = invertedResidual(layers, `features.${i + 1}`, x, {
        ...options,
        inputChannels: adjusted(i === 0 ? 16 : blocks[i - 1]!.channels),
        expanded: adjusted(options.expanded),
        channels: adjusted(options.channels),
        stride: keeps ? 1 : options.stride,
      });
      const stage = stageEnds.indexOf(i + 1) + 1;
      if (stage > 0) x = layers.stage(`layer${stage}`, x);
    }
    return x;
  };
  const stem: Section = (layers, images) => {
    const stride = recipe.stem === 'small' ? 1 : 2;
    const window = { kernel: 3, stride, padding: 1 };
    const x = layers.conv('features.0.0', images, { channels: adjusted(16), ...window });
    return activated(layers, 'features.0', x, 'hard-swish');
  };
  const lastChannels = 6 * adjusted(blocks.at(-1)!.channels);
  const last: Section = (layers, x) => {
    const name = `features.${blocks.length + 1}`;
    const y = layers.conv(`${name}.0`, x, { channels: lastChannels, ...pointwise });
    return activated(layers, name, y, 'hard-swish');
  };
  const head: Section = (layers, x) => {
    const initial = linearNormal(0.01);
    let y = layers.globalAveragePool('avgpool', x);
    y = layers.linear('classifier.0', y, { units: adjusted(hidden), bias: true, initial });
    y = layers.dropout(layers.nonlinear(y, 'hard-swish'), 0.2);
    return layers.linear('classifier.3', y, { units: classes, bias: true, initial });
  };
  const middle = stageEnds[1]!;
  return [
    (layers, images) => span(layers, stem(layers, images), 0, middle),
    (layers, x) => last(layers, span(layers, x, middle, blocks.length)),
    chooseHead(recipe, classes, head),
  ];
}
