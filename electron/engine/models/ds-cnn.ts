import { depthOf, stemWidth } from '../../contract/architectures.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { chooseHead, linearHead } from './heads.ts';
import type { Layers, Network } from './layers.ts';

/** The blocks that halve the resolution, 0-based. */
const halving = [1, 3];

/** A depthwise 3x3 convolution, then a 1x1 convolution that keeps the number of channels. */
function block<V>(
  layers: Layers<V>,
  name: string,
  x: V,
  { channels, stride }: { channels: number; stride: number },
): V {
  let y = layers.depthwise(`${name}.depthwise`, x, { kernel: 3, stride, padding: 1 });
  y = layers.norm(`${name}.bn1`, y, { activation: 'relu' });
  y = layers.conv(`${name}.pointwise`, y, { channels, kernel: 1, stride: 1, padding: 0 });
  return layers.norm(`${name}.bn2`, y, { activation: 'relu' });
}

/**
 * A depthwise-separable CNN for microcontrollers (Zhang et al., 2017), as MLPerf Tiny has it for keywords (Banbury et al., 2021): a
 * convolution and `depth` blocks, all with the same number of channels. For images the first convolution is 3x3, two blocks halve
 * the resolution, and there is no dropout. Images shrink by 8, by 4 with stem 'small', by half of that with fewer than four blocks.
 * Stages: the first half of the blocks, all blocks. Parameter groups: body, head.
 */
export function dsCnn(recipe: ModelRecipe, classes: number): Network {
  const channels = stemWidth(recipe);
  const depth = depthOf(recipe);
  const body = <V>(layers: Layers<V>, images: V): V => {
    const stride = recipe.stem === 'small' ? 1 : 2;
    let x = layers.conv('conv1', images, { channels, kernel: 3, stride, padding: 1 });
    x = layers.norm('bn1', x, { activation: 'relu' });
    for (let i = 0; i < depth; i++) {
      x = block(layers, `blocks.${i}`, x, { channels, stride: halving.includes(i) ? 2 : 1 });
      if (i + 1 === Math.floor(depth / 2)) x = layers.stage('layer1', x);
    }
    return layers.stage('layer2', x);
  };
  return [body, chooseHead(recipe, classes, linearHead('fc', classes))];
}
