import { methodLabels } from '../../electron/contract/methods.ts';
import type { Recipe } from '../../electron/contract/recipe.ts';

/** The names of a recipe's distillation terms, in their order; those of one method are numbered. */
export function termNames({ distillation }: Pick<Recipe, 'distillation'>): string[] {
  const methods = distillation.terms.map(({ method }) => method);
  return methods.map((method, term) => {
    const isAlone = methods.indexOf(method) === methods.lastIndexOf(method);
    const number = methods.slice(0, term + 1).filter((one) => one === method).length;
    return isAlone ? methodLabels[method] : `${methodLabels[method]} ${number}`;
  });
}
