import { stemWidth } from '../../contract/architectures.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { chooseHead, linearHead } from './heads.ts';
import type { Layers, Network } from './layers.ts';
import { basicBlock, bottleneck, residualStage, type Block } from './residual.ts';

const variants = {
  resnet18: { block: basicBlock, counts: [2, 2, 2, 2] },
  resnet34: { block: basicBlock, counts: [3, 4, 6, 3] },
  resnet50: { block: bottleneck, counts: [3, 4, 6, 3] },
} satisfies Record<string, { block: Block; counts: number[] }>;

function stem<V>(layers: Layers<V>, images: V, kind: ModelRecipe['stem'], channels: number): V {
  const window =
    kind === 'imagenet'
      ? { kernel: 7, stride: 2, padding: 3 }
      : { kernel: 3, stride: kind === 'small' ? 1 : 2, padding: 1 };
  const x = layers.conv('conv1', images, { channels, ...window });
  const y = layers.norm('bn1', x, { activation: 'relu' });
  return kind === 'imagenet' ? layers.maxPool('maxpool', y, { kernel: 3, stride: 2, padding: 1 }) : y;
}

/**
 * torchvision's ResNets (He et al., 2016), every width a multiple of the stem's. Images shrink by 32 in all, by 8 with
 * stem 'small', by 16 with 'small-stride2'. Parameter groups as fastai splits them: up to layer2, layer3 and 4, head.
 */
export function resnet(recipe: ModelRecipe, variant: keyof typeof variants, classes: number): Network {
  const width = stemWidth(recipe);
  const { block, counts } = variants[variant];
  /** Stage 1 to 4. */
  const stage = <V>(layers: Layers<V>, x: V, index: number): V =>
    residualStage(layers, `layer${index}`, x, {
      block,
      count: counts[index - 1]!,
      inputChannels: index === 1 ? width : width * 2 ** (index - 2) * block.expansion,
      channels: width * 2 ** (index - 1),
      stride: index === 1 ? 1 : 2,
    });
  return [
    (layers, images) => stage(layers, stage(layers, stem(layers, images, recipe.stem, width), 1), 2),
    (layers, x) => stage(layers, stage(layers, x, 3), 4),
    chooseHead(recipe, classes, linearHead('fc', classes)),
  ];
}
