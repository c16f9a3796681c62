import type { ImageRecipe } from '../../contract/recipe/image.ts';
import { tracesSteps } from '../backend/trace.ts';
import { OnnxClassifier } from '../deployed/onnx/classifier.ts';
import type { DescribedTeacher } from '../estimate/described-training.ts';
import { secondsAnImage } from '../estimate/file-cost.ts';
import { paceAt, usualPace } from '../estimate/pace.ts';
import { RunClock } from '../estimate/run-clock.ts';
import { countsOf } from '../estimate/run-counts.ts';
import { planRun } from '../estimate/run-plan.ts';
import { Ensemble } from '../models/ensemble.ts';
import { type Classifier, isModel } from '../models/index.ts';
import type { Candidate } from './candidate.ts';
import type { RunContext } from './run-context.ts';

/** The networks of an opened teacher; `image`: how a single one sees the images. One of a file is timed, on a few empty images. */
function networksOf(model: Classifier, image: ImageRecipe, recipes: ImageRecipe): DescribedTeacher[] {
  if (model instanceof Ensemble)
    return model.members.flatMap((member) => networksOf(member.model, member.image ?? recipes, recipes));
  if (isModel(model)) return [{ model: model.recipe, image }];
  // Its bytes do not matter for the time.
  return model instanceof OnnxClassifier
    ? [{ file: { bytes: 0, work: secondsAnImage(model) / usualPace }, image }]
    : [];
}

/** The clock of a run; `given`: its teacher where that is not trained here. Trainings that an earlier process finished set its pace. */
export function startClock({ run, recipe, data, emit }: RunContext, given: Candidate | null): RunClock {
  const { image } = recipe.data;
  const teachers = given ? networksOf(given.model, given.view?.recipe.data.image ?? image, image) : [];
  const counts = countsOf(data, data.test.count);
  const plan = planRun(recipe, counts, teachers, tracesSteps(run.runtime.trace));
  const timed = run.finished.flatMap(({ role, imagesPerSecond }) => {
    const training = plan.trainings.get(role);
    return training && imagesPerSecond ? [[role, paceAt(training, imagesPerSecond)] as const] : [];
  });
  return new RunClock({ plan, timed, emit });
}
