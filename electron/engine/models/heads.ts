import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { linearDefault, linearKaiming, type LinearInitial } from './initialise.ts';
import type { Section } from './layers.ts';

/** Global average pooling, dropout where there is any, and one linear layer, named as the family names it. */
export function linearHead(
  name: string,
  classes: number,
  { initial = linearDefault, dropout = 0 }: { initial?: LinearInitial; dropout?: number } = {},
): Section {
  return (layers, x) => {
    const pooled = layers.globalAveragePool('avgpool', x);
    const y = dropout > 0 ? layers.dropout(pooled, dropout) : pooled;
    return layers.linear(name, y, { units: classes, bias: true, initial });
  };
}

/**
 * fastai's head (create_head): maximum and average pooling joined in this order, then twice batch norm, dropout and a
 * linear layer without bias, with ReLU between. Parameters: head.bn1, head.fc1, head.bn2, head.fc2.
 */
function fastaiHead(classes: number): Section {
  return (layers, x) => {
    const maximum = layers.globalMaxPool('head.maxpool', x);
    const average = layers.globalAveragePool('head.avgpool', x);
    let y = layers.norm('head.bn1', layers.concat(maximum, average), { beta: 1e-3 });
    y = layers.dropout(y, 0.25);
    y = layers.relu(layers.linear('head.fc1', y, { units: 512, bias: false, initial: linearKaiming }));
    y = layers.dropout(layers.norm('head.bn2', y, { beta: 1e-3 }), 0.5);
    return layers.linear('head.fc2', y, { units: classes, bias: false, initial: linearKaiming });
  };
}

/** The recipe's head: fastai's, or the family's own linear one. */
export function chooseHead(recipe: ModelRecipe, classes: number, linear: Section): Section {
  return recipe.head === 'fastai' ? fastaiHead(classes) : linear;
}
