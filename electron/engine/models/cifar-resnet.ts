import { stemWidth } from '../../contract/architectures.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { chooseHead, linearHead } from './heads.ts';
import type { Layers, Network } from './layers.ts';
import { basicBlock, residualStage } from './residual.ts';

/**
 * The small ResNets of He et al. (2016), section 4.2, for images of 32 pixels or so: three stages of `blocks` basic
 * blocks with 1, 2 and 4 times the stem's channels (6 * blocks + 2 layers). Shortcuts that change the shape are
 * projections. The stem is a 3x3 convolution, its stride 2 with 'small-stride2' and else 1; images shrink by 4 after it.
 * Parameter groups: up to layer1, layer2 and 3, head.
 */
export function cifarResnet(recipe: ModelRecipe, blocks: number, classes: number): Network {
  const width = stemWidth(recipe);
  const stage = <V>(layers: Layers<V>, x: V, index: number): V =>
    residualStage(layers, `layer${index}`, x, {
      block: basicBlock,
      count: blocks,
      inputChannels: index === 1 ? width : width * 2 ** (index - 2),
      channels: width * 2 ** (index - 1),
      stride: index === 1 ? 1 : 2,
    });
  const stem = <V>(layers: Layers<V>, images: V): V => {
    const stride = recipe.stem === 'small-stride2' ? 2 : 1;
    const x = layers.conv('conv1', images, { channels: width, kernel: 3, stride, padding: 1 });
    return layers.norm('bn1', x, { activation: 'relu' });
  };
  return [
    (layers, images) => stage(layers, stem(layers, images), 1),
    (layers, x) => stage(layers, stage(layers, x, 2), 3),
    chooseHead(recipe, classes, linearHead('fc', classes)),
  ];
}
