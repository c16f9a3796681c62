import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { DistillError } from '../../contract/errors.ts';
import type { LossWeight } from '../../contract/loss-weight.ts';
import type { Model, ModelOutputs, Parameter } from '../models/model.ts';
import { logitsOnly, type Wanted } from '../models/model-outputs.ts';
import { commonCoverage, coveredLoss } from './covered-part.ts';
import type { Distillation } from './distillation.ts';
import { type LabelOptions, labelLoss as lossOnLabels, type MixedLabels } from './label-loss.ts';
import type { BatchPlace } from './teacher.ts';
import type { ReplacedClassifier } from './term.ts';
import { mixOutputs, type Teachers } from './teachers.ts';
import { weightAt } from './weight-schedule.ts';

export interface ObjectiveOptions {
  /** null: labels only, as for a teacher or a baseline. */
  distillation: Distillation | null;
  /** Not asked where no term compares with them; null: labels only. */
  teachers: Teachers | null;
  /** In [0, 1). */
  labelSmoothing: number;
  /** One for each class, in the label loss; null: all alike. */
  classWeights?: readonly number[] | null;
  /** Of the whole training, for weights that change from epoch to epoch. */
  epochs: number;
}

/** The loss and what it is made of, each averaged over its images. */
export interface LossTerms {
  /** What is minimised. */
  loss: Scalar;
  /** Cross-entropy of the images that have labels, unweighted. */
  labelLoss: Scalar;
  /** Of each distillation term, unweighted, in the recipe's order; empty without a teacher. */
  termLosses: readonly Scalar[];
}

/** What a network is trained for. */
export interface Objective {
  /** Number of distillation terms. */
  terms: number;
  /** What the loss needs of the network's outputs besides the logits. */
  wanted: Wanted;
  /** Adapters, trained with the network. */
  parameters: readonly Parameter[];
  /** Names of the network's parameters that are not trained, because `fold` writes them. */
  replaced: readonly string[];
  /** A training step's outputs of the network with the logits that it is trained by. */
  trained(outputs: ModelOutputs): ModelOutputs;
  /** Writes what the network has in place of trained parameters; after every update, and before the first. */
  fold(network: Model): void;
  /** The views of the images that live teachers see, the student's left out: a recorded step depends on them. */
  liveViews: readonly number[];
  /** What the live teachers' outputs depend on besides the images. */
  teacherVariables: readonly Variable[];
  /**
   * The outputs of the teachers that are not a function of the images alone, null for the live ones; none without a teacher.
   * `views`: the images as the student sees them, then the other views. Call it outside a recorded step.
   */
  givenOutputs(views: readonly Tensor4D[], place: BatchPlace): readonly (ModelOutputs | null)[];
  /** The same with the live teachers' outputs, which may be recorded with the step. Call it outside the tape. */
  teacherOutputs(
    views: readonly Tensor4D[],
    place: BatchPlace,
    given?: readonly (ModelOutputs | null)[],
  ): readonly ModelOutputs[];
  /** The weights that change in the course of the training, in an epoch (1-based). The caller disposes. */
  scheduledWeights(epoch: number): Scalar[];
  /**
   * Outputs of n images, labels int32 [k] of the first k of them; `teachers`: of each of them; `weights`: the scheduled ones; `mixed`:
   * where each image is mixed of two, of which `labels` are those of the larger part. Terms that read labels get these alone.
   */
  loss(
    student: ModelOutputs,
    labels: Tensor1D,
    teachers: readonly ModelOutputs[],
    weights: readonly Scalar[],
    mixed?: MixedLabels | null,
  ): LossTerms;
}

function checkClasses(student: Tensor2D, teacher: Tensor2D): void {
  if (student.shape[1] === teacher.shape[1]) return;
  throw new DistillError(
    'INVALID_INPUT',
    `The teacher has ${teacher.shape[1]} outputs and the student ${student.shape[1]}.`,
    'Use a teacher that was trained on the same list of classes.',
  );
}

/** The logits of the images that have labels, [labels, classes]: a batch's first. */
function ofLabelled({ logits }: ModelOutputs, labels: Tensor1D): Tensor2D {
  const [images] = logits.shape;
  const [labelled] = labels.shape;
  return labelled === images ? logits : tf.split<Tensor2D>(logits, [labelled, images - labelled])[0]!;
}

const ownClassifier: Pick<Objective, 'replaced' | 'trained' | 'fold'> = {
  replaced: [],
  trained: (outputs) => outputs,
  fold: () => undefined,
};

const withClassifier = (classifier: ReplacedClassifier): typeof ownClassifier => ({
  replaced: classifier.replaced,
  trained: (outputs) => ({ ...outputs, logits: classifier.logits(outputs) }),
  fold: (network) => classifier.fold(network),
});

/** Cross-entropy alone. */
export const onLabels = (
  labelSmoothing = 0,
  classWeights: LabelOptions['classWeights'] = null,
): Objective => ({
  terms: 0,
  wanted: logitsOnly,
  parameters: [],
  ...ownClassifier,
  liveViews: [],
  teacherVariables: [],
  givenOutputs: () => [],
  teacherOutputs: () => [],
  scheduledWeights: () => [],
  loss: (student, labels, _teachers, _weights, mixed) => {
    const options = { smoothing: labelSmoothing, classWeights };
    const labelLoss = lossOnLabels(labels, ofLabelled(student, labels), options, mixed);
    return { loss: labelLoss, labelLoss, termLosses: [] };
  },
});

/**
 * labels.weight * CE + the sum over the terms of weight * D where there is a teacher, else CE alone. Of a batch of n images of which
 * the first k have labels, CE is the mean over these k, and each D is the mean over all n: images without labels count in D alone.
 * Several teachers are mixed to one for each term. Where they do not know all classes, D is as covered-part.ts has it. A weight that
 * changes is a tensor, so that a recorded step is given another in each epoch; a constant one is a number in it.
 * @throws DistillError WEIGHTS_MISMATCH where several teachers know different classes; INVALID_INPUT from `loss` if logits of different numbers of classes are compared.
 */
export function createObjective(options: ObjectiveOptions): Objective {
  const { distillation, labelSmoothing, classWeights = null, epochs } = options;
  if (!distillation || !options.teachers) return onLabels(labelSmoothing, classWeights);
  const onLabelled = { smoothing: labelSmoothing, classWeights };
  const { labelWeight, terms, needs, parameters, classifier } = distillation;
  const { teachers } = options;
  const members = terms.length > 0 ? teachers.members : [];
  const live = members.filter(({ source }) => source.live);
  const weights = [labelWeight, ...terms.map(({ weight }) => weight)];
  const comparesLogits = needs.student.logits && needs.teacher.logits;
  const covers = commonCoverage(members.map(({ source }) => source));
  const givenOutputs: Objective['givenOutputs'] = (views, place) =>
    members.map(({ source, view }) => (source.live ? null : source.outputs(views[view]!, place)));
  return {
    terms: terms.length,
    wanted: needs.student,
    parameters,
    ...(classifier ? withClassifier(classifier) : ownClassifier),
    liveViews: [...new Set(live.map(({ view }) => view))].filter((view) => view > 0),
    teacherVariables: live.flatMap(({ source }) => source.variables),
    givenOutputs,
    teacherOutputs: (views, place, given = givenOutputs(views, place)) =>
      members.map(({ source, view }, k) => given[k] ?? source.outputs(views[view]!, place)),
    scheduledWeights: (epoch) =>
      weights
        .filter((weight) => typeof weight !== 'number')
        .map((weight) => tf.scalar(weightAt(weight, epoch, epochs), 'float32')),
    loss: (student, labels, outputs, scheduled, mixed) => {
      const labelLoss = lossOnLabels(labels, ofLabelled(student, labels), onLabelled, mixed);
      if (comparesLogits) for (const { logits } of outputs) checkClasses(student.logits, logits);
      const termLosses = terms.map(({ term }) => {
        const teacher = mixOutputs(outputs, teachers, term.temperature ?? 1);
        return coveredLoss(term, covers, { student, teacher, labels });
      });
      const loss = weightedSum([labelLoss, ...termLosses], weights, scheduled);
      return { loss, labelLoss, termLosses };
    },
  };
}

function weightedSum(
  losses: readonly Scalar[],
  weights: readonly LossWeight[],
  scheduled: readonly Scalar[],
): Scalar {
  const tensors = scheduled.values();
  return losses
    .map((loss, i): Scalar => {
      const weight = weights[i]!;
      return tf.mul(loss, typeof weight === 'number' ? weight : tensors.next().value!);
    })
    .reduce((sum, loss) => tf.add(sum, loss));
}
