import { tracesSteps } from '../backend/trace.ts';
import { paceAt } from '../estimate/pace.ts';
import { RunClock } from '../estimate/run-clock.ts';
import { countsOf } from '../estimate/run-counts.ts';
import { planRun } from '../estimate/run-plan.ts';
import { isModel } from '../models/index.ts';
import type { Candidate } from './candidate.ts';
import type { RunContext } from './run-context.ts';

/** The clock of a run; `given`: its teacher where that is not trained here. Trainings that an earlier process finished set its pace. */
export function startClock({ run, recipe, data, emit, log }: RunContext, given: Candidate | null): RunClock {
  const image = (given?.view?.recipe ?? recipe).data.image;
  // The work of a network from a file, or of several, is not known; how long its steps take shows soon.
  if (given && !isModel(given.model))
    log('info', 'How long the teacher takes is not known: the first estimates of the time leave it out.');
  const teacher = given && isModel(given.model) ? { model: given.model.recipe, image } : null;
  const counts = countsOf(data, data.test.count);
  const plan = planRun(recipe, counts, teacher, tracesSteps(run.runtime.trace));
  const timed = run.finished.flatMap(({ role, imagesPerSecond }) => {
    const training = plan.trainings.get(role);
    return training && imagesPerSecond ? [[role, paceAt(training, imagesPerSecond)] as const] : [];
  });
  return new RunClock({ plan, timed, emit });
}
