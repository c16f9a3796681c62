import { stemWidth } from '../../contract/architectures.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { chooseHead } from './heads.ts';
import { filterNarrow, linearNormal } from './initialise.ts';
import type { Layers, Network, Section } from './layers.ts';

/** Blocks of the four stages of the smallest variant, 'tiny'; each stage has twice the channels of the one before. */
const counts = [3, 3, 9, 3];
const blockCount = counts.reduce((a, b) => a + b, 0);
/** torchvision's default: the last block's rate; the first has none, those between lie on a line. */
const stochasticDepth = 0.1;
const initialScale = 1e-6;
const epsilon = 1e-6;
const [filter, linear] = [filterNarrow(0.02), linearNormal(0.02)];
const bias = { activation: 'none' } as const;

function block<V>(
  layers: Layers<V>,
  name: string,
  x: V,
  { channels, rate }: { channels: number; rate: number },
): V {
  let y = layers.depthwise(`${name}.block.0`, x, { kernel: 7, stride: 1, padding: 3, bias, initial: filter });
  y = layers.layerNorm(`${name}.block.2`, y, epsilon);
  y = layers.linear(`${name}.block.3`, y, { units: 4 * channels, bias: true, initial: linear });
  y = layers.nonlinear(y, 'gelu');
  y = layers.linear(`${name}.block.5`, y, { units: channels, bias: true, initial: linear });
  y = layers.scale(`${name}.layer_scale`, y, initialScale);
  return layers.add(layers.stochasticDepth(y, rate), x);
}

/**
 * torchvision's ConvNeXt-Tiny (Liu et al., 2022), every width a multiple of the stem's, with its stochastic depth. Images shrink by
 * 32 in all, by 8 with stem 'small' and by 16 with 'small-stride2', whose first convolution is 3x3. Parameter groups: up to layer2,
 * layer3 and 4, head. Its weights start normal with standard deviation 0.02; torchvision cuts that off at two.
 */
export function convnext(recipe: ModelRecipe, classes: number): Network {
  const width = stemWidth(recipe);
  const stem: Section = (layers, images) => {
    const window =
      recipe.stem === 'imagenet'
        ? { kernel: 4, stride: 4, padding: 0 }
        : { kernel: 3, stride: recipe.stem === 'small' ? 1 : 2, padding: 1 };
    const x = layers.conv('features.0.0', images, { channels: width, ...window, bias, initial: filter });
    return layers.layerNorm('features.0.1', x, epsilon);
  };
  /** Stage 1 to 4; all but the first begin with a convolution that halves the resolution. */
  const stage = <V>(layers: Layers<V>, x: V, index: number): V => {
    const channels = width * 2 ** (index - 1);
    let y = x;
    if (index > 1) {
      const name = `features.${2 * index - 2}`;
      const window = { kernel: 2, stride: 2, padding: 0 };
      y = layers.layerNorm(`${name}.0`, y, epsilon);
      y = layers.conv(`${name}.1`, y, { channels, ...window, bias, initial: filter });
    }
    const before = counts.slice(0, index - 1).reduce((a, b) => a + b, 0);
    for (let i = 0; i < counts[index - 1]!; i++)
      y = block(layers, `features.${2 * index - 1}.${i}`, y, {
        channels,
        rate: (stochasticDepth * (before + i)) / (blockCount - 1),
      });
    return layers.stage(`layer${index}`, y);
  };
  const head: Section = (layers, x) => {
    const y = layers.layerNorm('classifier.0', layers.globalAveragePool('avgpool', x), epsilon);
    return layers.linear('classifier.2', y, { units: classes, bias: true, initial: linear });
  };
  return [
    (layers, images) => stage(layers, stage(layers, stem(layers, images), 1), 2),
    (layers, x) => stage(layers, stage(layers, x, 3), 4),
    chooseHead(recipe, classes, head),
  ];
}
