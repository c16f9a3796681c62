import { imageOf } from '../../contract/role-image.ts';
import type { PrepareOptions } from '../data/prepared-data.ts';
import type { RunClock } from '../estimate/run-clock.ts';
import { describeDifference, openTeacherView } from '../inputs/teacher-view.ts';
import type { Candidate } from './candidate.ts';
import type { RunContext } from './run-context.ts';
import { trainRole } from './train-role.ts';
import { watchedOf } from './watched-images.ts';

/** Trains the teacher of a run that is given none, on the images as it sees them. `prepare`: how the run's images were prepared. */
export async function trainTeacher(
  context: RunContext,
  prepare: PrepareOptions,
  clock: RunClock,
): Promise<Candidate> {
  const { recipe, data, log } = context;
  const { teacher } = recipe;
  if (teacher.source !== 'train') throw new Error('This teacher is not trained.');
  const image = imageOf(recipe, 'teacher');
  const view = await openTeacherView(data, image, prepare);
  try {
    if (view) log('info', `The teacher has its own images: ${describeDifference(image, recipe.data.image)}.`);
    const own = view && { recipe: view.recipe, data: view.data, watched: watchedOf(view.recipe, view.data) };
    const trained = await trainRole({ ...context, ...own }, 'teacher', teacher.training, null, clock);
    return { ...trained, view };
  } catch (thrown) {
    await view?.close();
    throw thrown;
  }
}
