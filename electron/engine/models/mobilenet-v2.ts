import { stemWidth } from '../../contract/architectures.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { divisibleBy8 } from './divisible.ts';
import { chooseHead, linearHead } from './heads.ts';
import { linearNormal } from './initialise.ts';
import type { Layers, Network, Window } from './layers.ts';

/** Table 2 of Sandler et al. (2018): expansion, channels, blocks, stride; and the stage that ends there, if one does. */
const groups = [
  { expansion: 1, channels: 16, count: 1, stride: 1, stage: null },
  { expansion: 6, channels: 24, count: 2, stride: 2, stage: 'layer1' },
  { expansion: 6, channels: 32, count: 3, stride: 2, stage: 'layer2' },
  { expansion: 6, channels: 64, count: 4, stride: 2, stage: null },
  { expansion: 6, channels: 96, count: 3, stride: 1, stage: 'layer3' },
  { expansion: 6, channels: 160, count: 3, stride: 2, stage: null },
  { expansion: 6, channels: 320, count: 1, stride: 1, stage: 'layer4' },
];

const pointwise: Window = { kernel: 1, stride: 1, padding: 0 };

interface BlockOptions {
  inputChannels: number;
  channels: number;
  expansion: number;
  stride: number;
}

function invertedResidual<V>(layers: Layers<V>, name: string, x: V, options: BlockOptions): V {
  const { inputChannels, channels, expansion, stride } = options;
  let y = x;
  let index = 0;
  if (expansion !== 1) {
    y = layers.conv(`${name}.conv.0.0`, y, { channels: inputChannels * expansion, ...pointwise });
    y = layers.norm(`${name}.conv.0.1`, y, { activation: 'relu6' });
    index = 1;
  }
  y = layers.depthwise(`${name}.conv.${index}.0`, y, { kernel: 3, stride, padding: 1 });
  y = layers.norm(`${name}.conv.${index}.1`, y, { activation: 'relu6' });
  y = layers.conv(`${name}.conv.${index + 1}`, y, { channels, ...pointwise });
  const residual = stride === 1 && inputChannels === channels;
  return layers.norm(`${name}.conv.${index + 2}`, y, residual ? { skip: () => x } : {});
}

/**
 * torchvision's MobileNetV2 (Sandler et al., 2018) at width / 32 of its channels. Images shrink by 32 in all. For small
 * images the first downsampling block keeps its resolution, and so does the first convolution with stem 'small': images
 * shrink by 8 with 'small' and by 16 with 'small-stride2', as in the ResNets. Parameter groups: body, head.
 */
export function mobilenetV2(recipe: ModelRecipe, classes: number): Network {
  const multiple = stemWidth(recipe) / 32;
  const stemChannels = divisibleBy8(32 * multiple);
  const lastChannels = divisibleBy8(1280 * Math.max(1, multiple));

  const body = <V>(layers: Layers<V>, images: V): V => {
    const stemStride = recipe.stem === 'small' ? 1 : 2;
    let x = layers.conv('features.0.0', images, {
      channels: stemChannels,
      kernel: 3,
      stride: stemStride,
      padding: 1,
    });
    x = layers.norm('features.0.1', x, { activation: 'relu6' });
    let inputChannels = stemChannels;
    let feature = 1;
    for (const { count, expansion, stage, ...group } of groups) {
      const channels = divisibleBy8(group.channels * multiple);
      const groupStride = stage === 'layer1' && recipe.stem !== 'imagenet' ? 1 : group.stride;
      for (let i = 0; i < count; i++) {
        const stride = i === 0 ? groupStride : 1;
        x = invertedResidual(layers, `features.${feature++}`, x, {
          inputChannels,
          channels,
          expansion,
          stride,
        });
        inputChannels = channels;
      }
      if (stage) x = layers.stage(stage, x);
    }
    x = layers.conv(`features.${feature}.0`, x, { channels: lastChannels, ...pointwise });
    return layers.norm(`features.${feature}.1`, x, { activation: 'relu6' });
  };

  const linear = linearHead('classifier.1', classes, { initial: linearNormal(0.01), dropout: 0.2 });
  return [body, chooseHead(recipe, classes, linear)];
}
