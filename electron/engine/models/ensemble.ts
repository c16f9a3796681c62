import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Averaging } from '../../contract/recipe/averaging.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import { type Mix, mixLogits } from './mixed-logits.ts';
import type { Classifier, ForwardContext, ModelOutputs } from './model.ts';

/** One of the networks of an ensemble. */
export interface EnsembleMember {
  /** What it is called in a sentence. */
  name: string;
  model: Classifier;
  /** How much it counts; those of all members add up to 1. */
  share: number;
  /** How it sees the images; null: as the run's recipe has it. */
  image: ImageRecipe | null;
}

const keyOf = ({ size, resize, mean, std }: ImageRecipe): string => JSON.stringify([size, resize, mean, std]);

/** Several networks that predict as one: by the mean of their probabilities, or of their logits. */
export class Ensemble implements Classifier {
  readonly classes: number;
  readonly covers?: readonly number[];
  readonly members: readonly EnsembleMember[];
  readonly mix: Mix;
  /** The ways in which members see the images other than the recipe's, each once: what `views` of a forward pass are. */
  readonly images: readonly ImageRecipe[];

  /** `covers`: the classes that all members know; null: all. */
  constructor(
    members: readonly EnsembleMember[],
    average: Averaging,
    covers: readonly number[] | null = null,
  ) {
    this.members = members;
    if (covers) this.covers = covers;
    this.classes = members[0]!.model.classes;
    this.mix = { average, shares: members.map(({ share }) => share) };
    const others = members.flatMap(({ image }) => image ?? []);
    this.images = [...new Map(others.map((image) => [keyOf(image), image])).values()];
  }

  /** Where a member's images are: 0 for those of the recipe, k for the k-th of `images`. */
  viewOf({ image }: EnsembleMember): number {
    return image === null ? 0 : 1 + this.images.findIndex((one) => keyOf(one) === keyOf(image));
  }

  /** Gives logits alone: those of the averaged probabilities at temperature 1, or the averaged ones. */
  forward(images: Tensor4D, { views = [] }: ForwardContext): ModelOutputs {
    const seen = [images, ...views];
    const logits = this.members.map(
      (member) => member.model.forward(seen[this.viewOf(member)]!, { training: false }).logits,
    );
    return { logits: mixLogits(logits, this.mix, 1), features: {}, penultimate: null };
  }

  dispose(): void {
    for (const { model } of this.members) model.dispose();
  }
}
