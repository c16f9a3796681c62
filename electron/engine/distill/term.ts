import type { Scalar, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { DistillError } from '../../contract/errors.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import type { Classifier, Model, ModelOutputs, Parameter } from '../models/model.ts';
import { logitsOnly, type Wanted } from '../models/model-outputs.ts';

/** What a term reads of a network's outputs. */
export interface Needs extends Wanted {
  logits: boolean;
}

export const onLogits: Needs = { ...logitsOnly, logits: true };

export const onStages = (features: readonly string[]): Needs => ({ ...logitsOnly, features, logits: false });

/** The logits of a student whose last layer is not learnt, but stands for what a term learns. */
export interface ReplacedClassifier {
  /** Names of the student's parameters that are not trained: those of its last layer. */
  readonly replaced: readonly string[];
  /** [n, classes], through which gradients flow to what the term learns. */
  logits(outputs: ModelOutputs): Tensor2D;
  /** Writes the student's last layer, so that its own logits are these. Throws DistillError INVALID_INPUT for another number of classes. */
  fold(student: Model): void;
}

/** One comparison of a student with its teacher. */
export interface DistillationTerm {
  readonly needs: { readonly student: Needs; readonly teacher: Needs };
  /**
   * Adapters: trained with the student at the rate of its last parameter group (their group is -1), kept in checkpoints, never
   * exported.
   */
  readonly parameters: readonly Parameter[];
  /** At which the probabilities of several teachers are averaged for it; 1 unless given. */
  readonly temperature?: number;
  /** Where the student takes its logits from this term. */
  readonly classifier?: ReplacedClassifier;
  /**
   * The method's own loss, unweighted and averaged over the batch. labels int32 [k] of the first k images; the others have none.
   * Gradients flow to student and adapters only.
   */
  loss(student: ModelOutputs, teacher: ModelOutputs, labels: Tensor1D, covered?: CoveredPart): Scalar;
}

/** How logits were made ready for a term where the teacher knows some of the c classes alone. */
export interface CoveredPart {
  /** Ones and zeros [c, covered] that picked their columns. */
  pick: Tensor2D;
  /** [n, 1]: 1 for the images that count, 0 for the others, whose logits are 0 on both sides. The loss is the sum over n all the same. */
  counting: Tensor2D;
}

/** What is known of a network's stages: a network of this program's, or by name the channels of those that an ONNX file offers. */
export type Stages = ModelRecipe | { channels: Readonly<Record<string, number>> };

/** What a term is made for. */
export interface TermContext {
  student: ModelRecipe;
  teacher: Stages;
  /** The teacher itself, for terms that use its weights. */
  network?: Classifier;
  /** Adapters start from it and the term's place in the recipe. */
  seed: number;
  /** 0-based. */
  index: number;
}

/** A term that compares logits, those of several teachers averaged at `temperature`. */
export const logitsTerm = (loss: DistillationTerm['loss'], temperature = 1): DistillationTerm => ({
  needs: { student: onLogits, teacher: onLogits },
  parameters: [],
  temperature,
  loss,
});

/** A stage's output [n, h, w, c]. Throws DistillError INTERNAL where the pass was not asked for it. */
export function featureOf({ features }: ModelOutputs, stage: string): Tensor4D {
  const feature = features[stage];
  if (!feature) throw new DistillError('INTERNAL', `The output of the stage "${stage}" is missing.`);
  return feature;
}
