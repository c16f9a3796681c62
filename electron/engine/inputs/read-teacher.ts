import { DistillError } from '../../contract/errors.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { GivenTeacher, TeacherRecipe } from '../../contract/recipe/teacher.ts';
import { areNamesMeant } from '../../contract/output-classes.ts';
import { imageOf, ownImage } from '../../contract/role-image.ts';
import type { Role } from '../../contract/run.ts';
import type { ModelResult } from '../../contract/result.ts';
import { type Classifier, createModel } from '../models/index.ts';
import { covering } from '../models/covering.ts';
import { applyWeights } from '../models/weights/apply.ts';
import { openWeights, type WeightsFile } from '../models/weights/load.ts';
import { classNamesIn, coversIn, imageIn } from '../models/weights/metadata.ts';
import {
  type ClassOutputs,
  coveredBy,
  keepsOrder,
  outputsFor,
  selectOutputs,
} from '../models/weights/outputs.ts';
import { readModelFile } from '../models/weights/save.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { checkGiven, type GivenWeights, teacherSentence } from './given-weights.ts';
import { teachersFile, type Log } from './models.ts';
import { keepsOnnxTeacher, openOnnxTeacher, readKeptOnnxTeacher } from './onnx-teacher.ts';
import { matchRemark, type MatchRemark } from './matched-classes.ts';
import { readClassList } from './teacher-classes.ts';

type OnnxRecipe = Extract<TeacherRecipe, { source: 'onnx' }>;
type WeightsTeacher = Extract<TeacherRecipe, { source: 'weights' }>;

export interface ReadOptions {
  /** Names of the dataset's classes. */
  dataset: readonly string[];
  /** How the run's images are prepared. */
  image: ImageRecipe;
  log?: Log;
}

/** A teacher that is not trained in this run. */
export interface ReadTeacher {
  model: Classifier;
  /** How it sees the images: as it was trained to, as far as that is known. */
  image: ImageRecipe;
  /** Other readings that are worth a trial where it predicts poorly: values and order of channels, the order of the classes. */
  trials: { values: boolean; channels: boolean; order: boolean };
  /** Its scores in the run that it comes from; null: not known. */
  scores: Pick<ModelResult, 'test' | 'validation'> | null;
  /** The fingerprint of that run's dataset; null: not known. */
  dataset: string | null;
}

/** A teacher's weights with the dataset's outputs alone, in the dataset's order. */
interface Selected {
  given: GivenWeights;
  /** null: they are that already. */
  outputs: ClassOutputs | null;
  /** A remark about its classes; null: none. */
  remark: MatchRemark | null;
}

/** The outputs that a file of this program names, where they fit the dataset; else null. */
function ownClasses({ metadata }: WeightsFile, dataset: readonly string[]): string[] | null {
  const names = classNamesIn(metadata);
  if (names === null) return null;
  try {
    return areNamesMeant(outputsFor(dataset, names), names.length) ? names : null;
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
  const remark = matchRemark(dataset, outputs, classes);
  return { given, outputs: keepsOrder(outputs, classes) ? null : outputs, remark };
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
  { dataset, image: recipes, log = () => undefined }: ReadOptions,
): Promise<ReadTeacher> {
  const { given, outputs, remark } = await openTeacherWeights(teacher, dataset);
  const nameOf = (ours: string) => given.report.adopted.names.get(ours)!;
  const tensors = outputs ? selectOutputs(given.tensors, teacher.model, nameOf, outputs) : given.tensors;
  const network = createModel(teacher.model, dataset.length, 0);
  applyWeights(network, tensors, 'strict', teacher.path);
  const model = covering(network, outputs && coveredBy(outputs));
  log('info', teacherSentence(teacher.path, given));
  if (remark) log(remark.level, remark.message);
  const stated = imageIn(given.metadata) ?? null;
  const isGuessed = stated === null;
  const image = ownImage(teacher.image, stated ?? recipes);
  const trials = { values: isGuessed, channels: isGuessed, order: teacher.classes === null };
  return { model, image, trials, scores: null, dataset: null };
}

async function readOnnxTeacher(teacher: OnnxRecipe, options: ReadOptions): Promise<ReadTeacher> {
  const { dataset, image: recipes, log = () => undefined } = options;
  const { model, image, remarks, isOrderGuessed } = await openOnnxTeacher(teacher, dataset, recipes);
  const { file, type, outputs, layout, gives, input } = model.facts;
  log(
    'info',
    `The teacher is the ONNX file ${file}: ${outputs} outputs (${gives}), fed ${input.size} px, ${layout}, ${input.channels}.`,
  );
  for (const { level, message } of remarks) log(level, message);
  // What a file or its user states of its values may be wrong, and hardly any states its channels.
  const trials = { values: type !== 'uint8', channels: true, order: isOrderGuessed };
  return { model, image, trials, scores: null, dataset: null };
}

/** Throws what reading a teacher from an ONNX file would throw. */
export async function checkOnnxTeacher(
  teacher: OnnxRecipe,
  dataset: readonly string[],
  image: ImageRecipe,
): Promise<void> {
  (await openOnnxTeacher(teacher, dataset, image)).model.dispose();
}

/** An ensemble consists of networks, not of ensembles; a single teacher is one network. */
function refuseEnsemble({ recipe, folder }: RunFolder, role: Role): void {
  if (role !== 'teacher' || recipe.teacher.source !== 'ensemble') return;
  throw new DistillError(
    'INVALID_INPUT',
    `The teacher of the run ${folder} is an ensemble of ${recipe.teacher.members.length} networks.`,
    'Copy "teacher" from recipe.json in its folder, or choose another role of the run.',
  );
}

/** A network of a run with the dataset's classes as its outputs. */
async function networkOfRun(
  run: RunFolder,
  role: Role,
  dataset: readonly string[],
): Promise<{ model: Classifier; image: ImageRecipe | null; remark: MatchRemark | null }> {
  refuseEnsemble(run, role);
  const file = teachersFile(run, role);
  if (await keepsOnnxTeacher(run, role)) {
    const { model, image, classNames } = await readKeptOnnxTeacher(run);
    try {
      const outputs = knownOutputs(dataset, classNames, model.covers);
      const before = model.selected;
      model.select(before ? outputs.map((output) => (output === null ? null : before[output]!)) : outputs);
      return { model, image, remark: matchRemark(dataset, outputs, classNames.length) };
    } catch (thrown) {
      model.dispose();
      throw thrown;
    }
  }
  const { recipe, classNames, weights, metadata } = await readModelFile(file);
  const outputs = knownOutputs(dataset, classNames, coversIn(metadata));
  const model = createModel(recipe, dataset.length, 0);
  applyWeights(
    model,
    selectOutputs(weights, recipe, (name) => name, outputs),
    'strict',
    file,
  );
  return {
    model: covering(model, coveredBy(outputs)),
    image: imageIn(metadata) ?? null,
    remark: matchRemark(dataset, outputs, classNames.length),
  };
}

/** The outputs of a network of a run, which may itself not know (`covers`) all classes of its dataset. */
function knownOutputs(
  dataset: readonly string[],
  classNames: readonly string[],
  covers: readonly number[] | undefined,
): ClassOutputs {
  const known = covers ?? [...classNames.keys()];
  const outputs = outputsFor(
    dataset,
    known.map((id) => classNames[id]!),
  );
  return outputs.map((output) => (output === null ? null : known[output]!));
}

/** Throws WEIGHTS_MISMATCH where the model that a run trained, or was given, knows fewer than two of the dataset's classes. */
export async function checkRunTeacher(run: RunFolder, role: Role, dataset: readonly string[]): Promise<void> {
  refuseEnsemble(run, role);
  if (await keepsOnnxTeacher(run, role)) (await networkOfRun(run, role, dataset)).model.dispose();
  else {
    const { classNames, metadata } = await readModelFile(teachersFile(run, role));
    knownOutputs(dataset, classNames, coversIn(metadata));
  }
}

async function readRunTeacher(
  { path, role }: Extract<TeacherRecipe, { source: 'run' }>,
  dataset: readonly string[],
  log: Log,
): Promise<ReadTeacher> {
  const run = await RunFolder.open(path);
  const { model, image, remark } = await networkOfRun(run, role, dataset);
  if (remark) log(remark.level, remark.message);
  // An unevaluated run has no result.
  const result = await run.result().catch(() => null);
  const report = await run.dataset().catch(() => null);
  return {
    model,
    image: image ?? imageOf(run.recipe, role),
    trials: { values: false, channels: false, order: false },
    scores: result?.models[role] ?? null,
    dataset: report?.fingerprint ?? null,
  };
}

/**
 * A teacher from another run, from a weights file or from an ONNX file, with the dataset's classes as its outputs, of which it
 * may cover a part. Throws WEIGHTS_MISMATCH where it knows fewer than two of them, and what reading the file throws.
 */
export function readTeacher(teacher: GivenTeacher, options: ReadOptions): Promise<ReadTeacher> {
  const { dataset, log = () => undefined } = options;
  switch (teacher.source) {
    case 'run':
      return readRunTeacher(teacher, dataset, log);
    case 'weights':
      return readWeightsTeacher(teacher, options);
    case 'onnx':
      return readOnnxTeacher(teacher, options);
  }
}
