import type { WeightsNetwork } from '../../../electron/contract/weights.ts';
import type { ModelRecipe } from '../../../electron/contract/recipe/model.ts';
import { fieldLabel, fieldValue } from '../../recipe-fields.ts';
import { plural } from '../../format.ts';
import type { WeightsUse } from './weights-verdict.ts';

/**
 * A network by a weights file. What the shapes do not show stays: the stem's stride, and the head where only the body
 * is taken.
 */
export function fittedTo(current: ModelRecipe, { model, stems, classes }: WeightsNetwork, use: WeightsUse) {
  const keepsHead = classes === null || use === 'start';
  return {
    ...model,
    stem: stems.includes(current.stem) ? current.stem : model.stem,
    head: keepsHead ? current.head : model.head,
  };
}

/** What differs, in words: 'Architecture resnet18 → resnet34'. */
export const changesOf = (before: ModelRecipe, after: ModelRecipe): string[] =>
  (['architecture', 'width', 'stem', 'head'] as const)
    .filter((field) => before[field] !== after[field])
    .map((field) => {
      const path = `teacher.model.${field}`;
      return `${fieldLabel(path)}: ${fieldValue(path, after[field])} (was ${fieldValue(path, before[field])})`;
    });

/** The network in a sentence, with its number of classes beside the dataset's. */
export function networkSentence(network: WeightsNetwork, classes: number | null): string {
  const value = (field: 'architecture' | 'width' | 'stem' | 'head') =>
    fieldValue(`teacher.model.${field}`, network.model[field]);
  const width = network.model.width === null ? '' : `, width ${value('width')}`;
  const head =
    network.classes === null
      ? 'an unknown classifier'
      : `head “${value('head')}”, ${plural(network.classes, 'class', 'classes')}`;
  const beside =
    network.classes === null || classes === null
      ? ''
      : network.classes === classes
        ? ', as many as the dataset has'
        : `; the dataset has ${classes}`;
  return `According to its tensor shapes, the file is ${value('architecture')}${width}, ${head}${beside}.`;
}
