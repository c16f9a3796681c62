import { withoutErasing } from '../../contract/recipe/augmentation.ts';
import type { Role } from '../../contract/run.ts';
import type { Probabilities } from '../evaluate/bias-correction.ts';
import { measureLatencies } from '../evaluate/latency.ts';
import type { Predictions } from '../evaluate/predictions.ts';
import { ttaPasses } from '../evaluate/tta.ts';
import {
  allOf,
  imageView,
  orderedLoader,
  unlabelledLoader,
  validationLoader,
  withLoaders,
} from '../inputs/loaders.ts';
import type { TeacherView } from '../inputs/teacher-view.ts';
import { AveragesCollector, type TestAverages } from '../run-folder/stored-averages.ts';
import { assembleEvaluation, type Evaluated } from './assemble-evaluation.ts';
import type { Candidate } from './candidate.ts';
import { type CandidateOptions, evaluateCandidate, type EvaluatedModel } from './evaluate-candidate.ts';
import { passes } from './passes.ts';

export interface EvaluateOptions extends CandidateOptions {
  candidates: readonly Candidate[];
  workers: number;
  /** Images evaluated, of all passes of all models. */
  onProgress: (done: number, total: number) => void;
}

/** For the latency of all models, so that large ones on a slow backend do not hold up the run. */
const latencySeconds = 15;

/** `views`: the other ways in which the members of an ensemble see the images. */
function evaluatingLoaders(
  { recipe, data }: Pick<EvaluateOptions, 'recipe' | 'data'>,
  workers: number,
  views: readonly TeacherView[] = [],
) {
  const everyImage = allOf(data.test);
  const beside = { views: views.map((view) => imageView(view.data.test, view.recipe)) };
  const augment = withoutErasing(recipe.data.augment);
  return {
    plain: orderedLoader(data.test, everyImage, recipe, null, workers, beside),
    augmented:
      ttaPasses(recipe.evaluation.tta.counts) > 1
        ? orderedLoader(data.test, everyImage, recipe, augment, workers, beside)
        : null,
    // One set of images for all models, so that their scores can be compared.
    validation: validationLoader(data, recipe, 'student', workers, views),
    unlabelled: unlabelledLoader(
      data,
      recipe,
      workers,
      views.map((view) => imageView(view.data.pool, view.recipe)),
    ),
  };
}

/**
 * Evaluates teacher, student and baseline on the same test images and compares them. `averages`: what test-time augmentation found, null
 * where none was asked for or where it is more than a run keeps. Throws CANCELLED.
 */
export async function evaluateModels(options: EvaluateOptions): Promise<{
  evaluated: Evaluated;
  predictions: ReadonlyMap<Role, Predictions>;
  /** null: see unlabelledLoader. */
  unlabelled: ReadonlyMap<Role, Probabilities> | null;
  averages: TestAverages | null;
}> {
  const { recipe, candidates, workers } = options;
  const copies = ttaPasses(recipe.evaluation.tta.counts);
  return withLoaders(evaluatingLoaders(options, workers), async (loaders) => {
    const others = [loaders.validation, loaders.unlabelled].reduce((n, one) => n + (one?.images ?? 0), 0);
    const perModel = loaders.plain.images * (1 + copies) + others;
    const pass = passes(perModel * candidates.length, options.onProgress);
    const evaluated = new Map<Role, EvaluatedModel>();
    const collected = new AveragesCollector(recipe.evaluation.tta.beta);
    for (const candidate of candidates) {
      const { role, view, views = [] } = candidate;
      const isOther = view || views.length > 0;
      const scored = await (isOther
        ? withLoaders(evaluatingLoaders(view ?? options, workers, views), (own) =>
            evaluateCandidate(options, candidate, own, pass, collected),
          )
        : evaluateCandidate(options, candidate, loaders, pass, collected));
      evaluated.set(role, scored);
    }
    const predictions = [...evaluated].map(([role, one]) => [role, one.predictions] as const);
    const unlabelled = [...evaluated].flatMap(([role, one]) =>
      one.unlabelled ? [[role, one.unlabelled] as const] : [],
    );
    const latencies = await measureLatencies(
      candidates.map(({ model, view, views = [] }) => ({
        model,
        size: (view?.recipe ?? recipe).data.image.size,
        views: views.map((one) => one.recipe.data.image.size),
      })),
      { maxSeconds: latencySeconds },
    );
    const timed = new Map(candidates.map(({ role }, i) => [role, latencies[i]!]));
    return {
      evaluated: assembleEvaluation(evaluated, timed),
      predictions: new Map(predictions),
      unlabelled: unlabelled.length > 0 ? new Map(unlabelled) : null,
      averages: collected.averages,
    };
  });
}
