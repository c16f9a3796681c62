import type { DistillationMethodName, TermOf } from '../../contract/methods.ts';
import { activationBoundaries } from './activation-boundaries.ts';
import { attention } from './attention.ts';
import { dist } from './dist.ts';
import { dkd } from './dkd.ts';
import { fitnet } from './fitnet.ts';
import { logits } from './logits.ts';
import { nkd } from './nkd.ts';
import { pkt } from './pkt.ts';
import { reusedClassifier } from './reused-classifier.ts';
import { rkd } from './rkd.ts';
import { similarity } from './similarity.ts';
import { softTarget } from './soft-target.ts';
import type { DistillationTerm, TermContext } from './term.ts';

type Methods = {
  [Name in DistillationMethodName]: (recipe: TermOf<Name>, context: TermContext) => DistillationTerm;
};

/** Every method by the name that recipes use; a name without a method does not compile. */
export const distillationMethods: Methods = {
  'soft-target': softTarget,
  logits,
  dkd,
  nkd,
  dist,
  fitnet,
  attention,
  'activation-boundaries': activationBoundaries,
  similarity,
  rkd,
  pkt,
  'reused-classifier': reusedClassifier,
};

/** The term that a recipe asks for. Throws DistillError RECIPE_INVALID for a stage that a network does not have. */
export function createTerm<Name extends DistillationMethodName>(
  recipe: TermOf<Name>,
  context: TermContext,
): DistillationTerm {
  return distillationMethods[recipe.method](recipe, context);
}
