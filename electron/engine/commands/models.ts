import { DistillError } from '../../contract/errors.ts';
import type { Recipe, TeacherRecipe } from '../../contract/recipe.ts';
import type { Role } from '../../contract/result.ts';
import { createModel, type Model } from '../models/index.ts';
import { applyWeights } from '../models/weights/apply.ts';
import { type ModelFile, readModelFile } from '../models/weights/save.ts';
import { random } from '../random.ts';
import { RunFolder } from '../runs/run-folder.ts';
import { openGiven, startSentence, teacherSentence } from './given-weights.ts';

/** Told what was read, in a sentence. */
export type Tell = (level: 'info' | 'warn', message: string) => void;

/** Student and baseline start from the same weights; the teacher from others. */
export function modelSeed(recipe: Recipe, role: Role): number {
  return random(recipe.seed, 'model', role === 'teacher' ? 'teacher' : 'student').integer(0x7fffffff);
}

/** A file that this program wrote of a model. Throws WEIGHTS_MISMATCH where the model knows other classes. */
export async function readOwnFile(file: string, classNames: readonly string[]): Promise<ModelFile> {
  const stored = await readModelFile(file);
  const differs =
    stored.classNames.length !== classNames.length ||
    stored.classNames.some((name, i) => name !== classNames[i]);
  if (differs) {
    throw new DistillError(
      'WEIGHTS_MISMATCH',
      `The model in ${file} knows ${stored.classNames.length} classes that are not those of the dataset (${classNames.length}).`,
      'Use a model that was trained on the same list of classes, in the same order.',
    );
  }
  return stored;
}

/** A model from a file that this program wrote; throws as readOwnFile does. */
export async function loadModel(file: string, classNames: readonly string[]): Promise<Model> {
  const { recipe, weights } = await readOwnFile(file, classNames);
  const model = createModel(recipe, classNames.length, 0);
  applyWeights(model, weights, 'strict', file);
  return model;
}

/** The weights of a run's model that teaches. Throws NOT_FOUND where it is not trained yet. */
export function teachersFile(run: RunFolder, role: Role): string {
  if (run.finished.some((one) => one.role === role)) return run.weightsFile(role);
  throw new DistillError(
    'NOT_FOUND',
    `The run ${run.folder} has no trained ${role} yet.`,
    'Resume that run first, or name another role in teacher.role.',
  );
}

/** A teacher that is not trained in this run: from another run or from a weights file. */
export async function readTeacher(
  teacher: Exclude<TeacherRecipe, { source: 'train' }>,
  classNames: readonly string[],
  tell: Tell = () => undefined,
): Promise<Model> {
  if (teacher.source === 'run') {
    return loadModel(teachersFile(await RunFolder.open(teacher.path), teacher.role), classNames);
  }
  const given = await openGiven(teacher.path, teacher.model, classNames.length, 'strict');
  const model = createModel(teacher.model, classNames.length, 0);
  applyWeights(model, given.tensors, 'strict', teacher.path);
  tell('info', teacherSentence(teacher.path, given));
  return model;
}

/** A fresh model, from weights where some are given: what fits is taken, such as a body with another head. */
export async function startModel(recipe: Recipe, role: Role, classes: number, tell: Tell): Promise<Model> {
  const source = role === 'teacher' ? recipe.teacher : recipe.student;
  if (!('weights' in source)) throw new Error('This teacher is not trained.');
  const model = createModel(source.model, classes, modelSeed(recipe, role));
  if (source.weights !== null) {
    const given = await openGiven(source.weights, source.model, classes, 'lenient');
    applyWeights(model, given.tensors, 'lenient', source.weights);
    const { level, message } = startSentence(role, source.weights, source.model, given);
    tell(level, message);
  }
  return model;
}
