import type { DistillationRecipe } from '../../contract/recipe.ts';
import { logits } from './logits.ts';
import type { DistillationMethod } from './method.ts';
import { softTarget } from './soft-target.ts';

/** Every method by the name that recipes use; a name without a method does not compile. */
export const distillationMethods = {
  'soft-target': softTarget,
  logits,
} satisfies Record<DistillationRecipe['method'], DistillationMethod>;
