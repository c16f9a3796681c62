import type { Recipe } from '../../contract/recipe.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import { saveModel } from '../models/weights/save.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import type { Candidate } from './candidate.ts';
import { checkGivenTeacher } from './check-teacher.ts';
import { OnnxClassifier } from '../deployed/onnx/classifier.ts';
import { readKept } from '../inputs/kept-network.ts';
import type { Log } from '../inputs/models.ts';
import { keepOnnxTeacher } from '../inputs/onnx-teacher.ts';
import { type Classifier, isModel } from '../models/index.ts';
import type { PreparedData, PrepareOptions } from '../data/prepared-data.ts';
import { readTeacher } from '../inputs/read-teacher.ts';
import { describeDifference, openTeacherView, type TeacherView } from '../inputs/teacher-view.ts';

export interface TakeTeacherOptions {
  run: RunFolder;
  teacher: Exclude<Recipe['teacher'], { source: 'train' }>;
  data: PreparedData;
  /** How `data` was prepared. */
  prepare: PrepareOptions;
  log: Log;
}

const role = 'teacher';

/** The teacher that an earlier process of this run took. */
async function takenBefore(
  { run, data, prepare }: TakeTeacherOptions,
  finished: Candidate['finished'],
): Promise<Candidate> {
  const classNames = data.classes.map(({ name }) => name);
  const { model, image, files } = await readKept(run, role, classNames);
  try {
    const view = await openTeacherView(data, image, prepare);
    return { role, model, finished, files, view };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Writes the teacher into the run's folder, with how it sees the images; gives its files there. */
async function keep(
  run: RunFolder,
  model: Classifier,
  image: ImageRecipe,
  classNames: string[],
): Promise<string[]> {
  if (model instanceof OnnxClassifier) return keepOnnxTeacher(run, { model, image }, classNames);
  if (!isModel(model)) throw new Error('This teacher cannot be kept.');
  const file = await run.prepare('weights', `${role}.safetensors`);
  const extra: Record<string, string> = model.covers ? { covers: JSON.stringify(model.covers) } : {};
  await saveModel(file, model, { classNames, image, extra });
  return [file];
}

/**
 * A teacher that is not trained here: read, evaluated, and kept with the run, so that the run can be evaluated alone. It sees the
 * images as it was trained to. Throws what readTeacher and checkGivenTeacher throw.
 */
export async function takeGivenTeacher(options: TakeTeacherOptions): Promise<Candidate> {
  const { run, teacher, data, prepare, log } = options;
  const known = run.finished.find((one) => one.role === role);
  if (known) return takenBefore(options, known);
  const { recipe, workers, signal } = prepare;
  const classNames = data.classes.map(({ name }) => name);
  const { model, image, trials, scores } = await readTeacher(teacher, {
    dataset: classNames,
    image: recipe.data.image,
    log,
  });
  let view: TeacherView | null = null;
  try {
    view = await openTeacherView(data, image, prepare);
    if (view)
      log(
        'info',
        `The teacher sees the images as it was trained to: ${describeDifference(image!, recipe.data.image)}.`,
      );
    await checkGivenTeacher({
      model,
      recipe: view?.recipe ?? recipe,
      data: view?.data ?? data,
      channels: model instanceof OnnxClassifier ? model.facts.input.channels : null,
      trials,
      expected: scores === null ? null : (scores.validation ?? scores.test).accuracy,
      workers,
      signal,
      log,
    });
    const files = await keep(run, model, image ?? recipe.data.image, classNames);
    const finished = { role, bestEpoch: null, trainingSeconds: null, imagesPerSecond: null } as const;
    await run.finish(finished);
    return { role, model, finished, files, view };
  } catch (error) {
    model.dispose();
    await view?.close();
    throw error;
  }
}
