import type { GivenTeacher, TeacherRecipe } from '../../contract/recipe/teacher.ts';
import { readKept } from '../inputs/kept-network.ts';
import { readTeacher } from '../inputs/read-teacher.ts';
import {
  closeViews,
  describeDifference,
  openTeacherView,
  openTeacherViews,
  type TeacherView,
} from '../inputs/teacher-view.ts';
import { Ensemble } from '../models/ensemble.ts';
import type { Candidate } from './candidate.ts';
import { takeEnsemble } from './given-ensemble.ts';
import { checkNetwork, keepNetwork, type TakeTeacherOptions } from './given-network.ts';

const role = 'teacher';

/** The teacher that an earlier process of this run took. */
async function takenBefore(
  { run, data, prepare }: Omit<TakeTeacherOptions<unknown>, 'teacher'>,
  finished: Candidate['finished'],
): Promise<Candidate> {
  const classNames = data.classes.map(({ name }) => name);
  const { model, image, files } = await readKept(run, role, classNames);
  try {
    const view = await openTeacherView(data, image, prepare);
    const views = model instanceof Ensemble ? await openTeacherViews(data, model.images, prepare) : [];
    return { role, model, finished, files, view, views };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/**
 * A teacher that is not trained here, or several: read, evaluated, and kept with the run, so that the run can be evaluated alone. It
 * sees the images as it was trained to. Throws what readTeacher and checkGivenTeacher throw.
 */
export async function takeGivenTeacher(
  options: TakeTeacherOptions<Exclude<TeacherRecipe, { source: 'train' }>>,
): Promise<Candidate> {
  const { run, teacher } = options;
  const known = run.finished.find((one) => one.role === role);
  if (known) return takenBefore(options, known);
  const taken =
    teacher.source === 'ensemble'
      ? await takeEnsemble({ ...options, teacher })
      : await takeOne({ ...options, teacher });
  try {
    const finished = { role, bestEpoch: null, trainingSeconds: null, imagesPerSecond: null } as const;
    await run.finish(finished);
    return { role, finished, ...taken };
  } catch (error) {
    taken.model.dispose();
    await taken.view?.close();
    await closeViews(taken.views ?? []);
    throw error;
  }
}

async function takeOne({
  run,
  teacher,
  data,
  prepare,
  log,
}: TakeTeacherOptions<GivenTeacher>): Promise<Omit<Candidate, 'role' | 'finished'>> {
  const { recipe } = prepare;
  const classNames = data.classes.map(({ name }) => name);
  const read = await readTeacher(teacher, { dataset: classNames, image: recipe.data.image, log });
  const { model, image } = read;
  let view: TeacherView | null = null;
  try {
    view = await openTeacherView(data, image, prepare);
    if (view)
      log(
        'info',
        `The teacher sees the images as it was trained to: ${describeDifference(image, recipe.data.image)}.`,
      );
    const seen = view ? { recipe: view.recipe, data: view.data } : { recipe, data };
    await checkNetwork(read, seen, prepare, log);
    return {
      model,
      view,
      files: await keepNetwork(run, role, model, image, classNames),
    };
  } catch (error) {
    model.dispose();
    await view?.close();
    throw error;
  }
}
