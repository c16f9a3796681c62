import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { TermOf } from '../../contract/methods.ts';
import { meanSquaredHinge } from '../backend/ops/losses.ts';
import { createConnector } from './adapter.ts';
import { toCommonSize } from './common-size.ts';
import { channelsOfStage } from './stage-channels.ts';
import { type DistillationTerm, featureOf, onStages, type TermContext } from './term.ts';

/**
 * The sum over pairs of stages of the mean over batch, places and channels of max(0, margin - c)^2 where the teacher's feature is above
 * 0 and max(0, margin + c)^2 elsewhere; c is the student's feature behind a learnt connector. Maps of different sizes are averaged down
 * to the smaller first (common-size.ts).
 * Heo et al., "Knowledge Transfer via Distillation of Activation Boundaries Formed by Hidden Neurons", 2019 (arXiv 1811.03233), equation
 * 6, of which the sum is a mean here, as in FasterAI 0.3.3 (fasterai/distill/losses.py), which has the margin 2, no connector, and the
 * weight 1 beside the labels' 1. Margin and connector are the paper's, and RepDistiller's (distiller_zoo/AB.py). The paper compares
 * values before the ReLU; of the teacher's the sign is the same behind it. It initialises the student with this loss alone, then trains
 * without it: a weight that falls comes close in one training.
 */
export function activationBoundaries(
  { stages, margin }: Pick<TermOf<'activation-boundaries'>, 'stages' | 'margin'>,
  context: TermContext,
): DistillationTerm {
  const { seed, index } = context;
  const channels = stages.map((pair) => ({
    inputs: channelsOfStage(context.student, pair.student),
    outputs: channelsOfStage(context.teacher, pair.teacher),
  }));
  const connectors = channels.map((sizes, pair) =>
    createConnector({ name: `adapter${index}.${pair}`, ...sizes, seed, index, pair }),
  );
  return {
    needs: {
      student: onStages(stages.map(({ student }) => student)),
      teacher: onStages(stages.map(({ teacher }) => teacher)),
    },
    parameters: connectors.flatMap(({ parameters }) => parameters),
    loss(student, teacher) {
      const losses = stages.map((pair, i) => {
        const [own, hint] = toCommonSize(featureOf(student, pair.student), featureOf(teacher, pair.teacher));
        return meanSquaredHinge(connectors[i]!.apply(own), hint, margin);
      });
      return losses.reduce((sum, loss) => tf.add<Scalar>(sum, loss));
    },
  };
}
