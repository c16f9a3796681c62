import type { TermOf } from '../../contract/methods.ts';
import { meanSquaredDifference } from '../backend/ops/losses.ts';
import { createAdapter } from './adapter.ts';
import { toCommonSize } from './common-size.ts';
import { channelsOfStage } from './stage-channels.ts';
import { type DistillationTerm, featureOf, onStages, type TermContext } from './term.ts';

/**
 * mean((r(student) - teacher)^2) over batch, places and channels of one stage of each; r is a learnt 1x1 convolution with bias, from
 * the student's channels to the teacher's. Maps of different sizes are averaged down to the smaller (common-size.ts).
 * Romero et al., "FitNets: Hints for Thin Deep Nets", 2015 (arXiv 1412.6550), equation 3, as a mean without its factor 1/2. The
 * paper trains on the hint alone first and then without it; in one training, as later comparisons have it (Tian et al., 2020,
 * arXiv 1910.10699), its weight is 100 beside the labels' 1.
 */
export function fitnet(
  recipe: Pick<TermOf<'fitnet'>, 'student' | 'teacher'>,
  context: TermContext,
): DistillationTerm {
  const adapter = createAdapter({
    name: `adapter${context.index}`,
    inputs: channelsOfStage(context.student, recipe.student),
    outputs: channelsOfStage(context.teacher, recipe.teacher),
    seed: context.seed,
    index: context.index,
  });
  return {
    needs: { student: onStages([recipe.student]), teacher: onStages([recipe.teacher]) },
    parameters: adapter.parameters,
    loss(student, teacher) {
      const [own, hint] = toCommonSize(
        featureOf(student, recipe.student),
        featureOf(teacher, recipe.teacher),
      );
      return meanSquaredDifference(adapter.apply(own), hint);
    },
  };
}
