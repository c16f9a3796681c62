import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { TeacherRecipe } from '../../contract/recipe/teacher.ts';
import type { ModelResult } from '../../contract/result.ts';
import { createModel, type Model } from '../models/index.ts';
import { applyWeights } from '../models/weights/apply.ts';
import { openWeights, type WeightsFile } from '../models/weights/load.ts';
import { classNamesIn, imageIn } from '../models/weights/metadata.ts';
import { keepsOrder, outputsFor, selectOutputs } from '../models/weights/outputs.ts';
import { readModelFile } from '../models/weights/save.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { checkGiven, type GivenWeights, teacherSentence } from './given-weights.ts';
import { teachersFile, type Log } from './models.ts';
import { readClassList } from './teacher-classes.ts';

type GivenTeacher = Exclude<TeacherRecipe, { source: 'train' }>;
type WeightsTeacher = Extract<TeacherRecipe, { source: 'weights' }>;

/** A teacher that is not trained in this run. */
export interface ReadTeacher {
  model: Model;
  /** The preprocessing that it was trained with; null: not known. */
  image: ImageRecipe | null;
  /** Its scores in the run that it comes from; null: not known. */
  scores: Pick<ModelResult, 'test' | 'validation'> | null;
}

/** A teacher's weights with the dataset's outputs alone, in the dataset's order. */
interface Selected {
  given: GivenWeights;
  /** null: they are that already. */
  outputs: number[] | null;
  /** A remark about its classes; null: none. */
  remark: { level: 'info' | 'warn'; message: string } | null;
}

/** The outputs that a file of this program names, where they fit the dataset; else null. */
function ownClasses({ metadata }: WeightsFile, dataset: readonly string[]): string[] | null {
  const names = classNamesIn(metadata);
  if (names === null) return null;
  try {
    outputsFor(dataset, names);
    return names;
  } catch {
    return null;
  }
}

async function openTeacherWeights(teacher: WeightsTeacher, dataset: readonly string[]): Promise<Selected> {
  const { path: file, model: recipe } = teacher;
  const found = await openWeights(file);
  const named = teacher.classes === null ? null : await readClassList(teacher.classes);
  const names = named ?? ownClasses(found, dataset);
  const classes = names?.length ?? dataset.length;
  const given = checkGiven(found, file, { recipe, classes }, 'strict');
  if (names === null) {
    const strangers = classNamesIn(found.metadata);
    const message = `The file names other classes than the dataset (${strangers?.slice(0, 3).join(', ')}, ...); its outputs are taken in the dataset's order.`;
    return { given, outputs: null, remark: strangers && { level: 'warn', message } };
  }
  const outputs = outputsFor(dataset, names);
  if (keepsOrder(outputs, classes)) return { given, outputs: null, remark: null };
  const message = `The teacher's outputs are matched with the dataset's classes by name, ${dataset.length} of ${classes}.`;
  return { given, outputs, remark: { level: 'info', message } };
}

/** Throws what reading a teacher from weights would throw. */
export async function checkTeacherWeights(
  teacher: WeightsTeacher,
  dataset: readonly string[],
): Promise<void> {
  await openTeacherWeights(teacher, dataset);
}

async function readWeightsTeacher(
  teacher: WeightsTeacher,
  dataset: readonly string[],
  log: Log,
): Promise<ReadTeacher> {
  const { given, outputs, remark } = await openTeacherWeights(teacher, dataset);
  const nameOf = (ours: string) => given.report.adopted.names.get(ours)!;
  const tensors = outputs ? selectOutputs(given.tensors, teacher.model, nameOf, outputs) : given.tensors;
  const model = createModel(teacher.model, dataset.length, 0);
  applyWeights(model, tensors, 'strict', teacher.path);
  log('info', teacherSentence(teacher.path, given));
  if (remark) log(remark.level, remark.message);
  return { model, image: imageIn(given.metadata) ?? null, scores: null };
}

/** Throws WEIGHTS_MISMATCH where the model that a run trained does not know all of the dataset's classes. */
export async function checkRunTeacher(file: string, dataset: readonly string[]): Promise<void> {
  outputsFor(dataset, (await readModelFile(file)).classNames);
}

async function readRunTeacher(
  { path, role }: Extract<TeacherRecipe, { source: 'run' }>,
  dataset: readonly string[],
  log: Log,
): Promise<ReadTeacher> {
  const run = await RunFolder.open(path);
  const file = teachersFile(run, role);
  const { recipe, classNames, weights, metadata } = await readModelFile(file);
  const outputs = outputsFor(dataset, classNames);
  const model = createModel(recipe, dataset.length, 0);
  applyWeights(
    model,
    selectOutputs(weights, recipe, (name) => name, outputs),
    'strict',
    file,
  );
  if (!keepsOrder(outputs, classNames.length))
    log(
      'info',
      `The teacher's outputs are matched with the dataset's classes by name, ${dataset.length} of ${classNames.length}.`,
    );
  // An unevaluated run has no result.
  const result = await run.result().catch(() => null);
  return { model, image: imageIn(metadata) ?? run.recipe.data.image, scores: result?.models[role] ?? null };
}

/**
 * A teacher from another run or from a weights file, with the dataset's classes as its outputs. Throws WEIGHTS_MISMATCH where it
 * does not know all of them, and what reading the file throws.
 */
export function readTeacher(
  teacher: GivenTeacher,
  dataset: readonly string[],
  log: Log = () => undefined,
): Promise<ReadTeacher> {
  return teacher.source === 'run'
    ? readRunTeacher(teacher, dataset, log)
    : readWeightsTeacher(teacher, dataset, log);
}
