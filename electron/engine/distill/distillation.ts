import type { DistillationRecipe } from '../../contract/distillation.ts';
import type { LossWeight } from '../../contract/loss-weight.ts';
import type { Parameter } from '../models/model.ts';
import { createTerm } from './methods.ts';
import type { DistillationTerm, Needs, ReplacedClassifier, TermContext } from './term.ts';

/** What a student learns from, as its recipe has it. */
export interface Distillation {
  readonly labelWeight: LossWeight;
  /** In the recipe's order. */
  readonly terms: readonly { readonly term: DistillationTerm; readonly weight: LossWeight }[];
  /** Of all terms together. */
  readonly needs: { readonly student: Needs; readonly teacher: Needs };
  /** The adapters' of all terms. */
  readonly parameters: readonly Parameter[];
  /** Of the one term that has it. */
  readonly classifier: ReplacedClassifier | null;
  /** Frees the adapters. */
  dispose(): void;
}

const together = (needs: readonly Needs[]): Needs => ({
  logits: needs.some(({ logits }) => logits),
  features: [...new Set(needs.flatMap(({ features }) => features))],
  penultimate: needs.some(({ penultimate }) => penultimate),
});

/** Puts terms together; for terms that no recipe has. */
export function weigh(labelWeight: LossWeight, terms: Distillation['terms']): Distillation {
  const parameters = terms.flatMap(({ term }) => term.parameters);
  return {
    labelWeight,
    terms,
    needs: {
      student: together(terms.map(({ term }) => term.needs.student)),
      teacher: together(terms.map(({ term }) => term.needs.teacher)),
    },
    parameters,
    classifier: terms.find(({ term }) => term.classifier)?.term.classifier ?? null,
    dispose: () => parameters.forEach(({ variable }) => variable.dispose()),
  };
}

/** Throws DistillError RECIPE_INVALID for a stage that a network does not have. The caller disposes. */
export function createDistillation(
  { labels, terms }: DistillationRecipe,
  context: Omit<TermContext, 'index'>,
): Distillation {
  return weigh(
    labels.weight,
    terms.map((recipe, index) => ({
      term: createTerm(recipe, { ...context, index }),
      weight: recipe.weight,
    })),
  );
}
