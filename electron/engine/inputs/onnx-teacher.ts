import { constants } from 'node:fs';
import { copyFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { DistillError } from '../../contract/errors.ts';
import { listed } from '../../contract/listed.ts';
import { areNamesMeant } from '../../contract/output-classes.ts';
import { type ImageRecipe, imageSchema } from '../../contract/recipe/image.ts';
import { type NetworkHints, networkHintsSchema } from '../../contract/recipe/network-hints.ts';
import type { TeacherRecipe } from '../../contract/recipe/teacher.ts';
import { isSegment } from '../../contract/segment.ts';
import { fileError, makeFolders, writeJsonAtomic } from '../../platform/files.ts';
import type { DeployedHints } from '../deployed/deployed.ts';
import { type OnnxClassifier, openOnnxClassifier, statisticsOf } from '../deployed/onnx/classifier.ts';
import { contentHash, filesOf } from '../deployed/onnx/files.ts';
import { type ClassOutputs, keepsOrder, outputsFor } from '../models/weights/outputs.ts';
import { readChecked } from '../run-folder/record.ts';
import type { NetworkName, RunPaths } from '../run-folder/run-paths.ts';
import { matchRemark, type MatchRemark } from './matched-classes.ts';
import { outputNames } from './output-names.ts';

type FileTeacher = Extract<TeacherRecipe, { source: 'onnx' }>;

/** A teacher from an ONNX file, with the dataset's classes as its outputs. */
export interface OnnxTeacher {
  model: OnnxClassifier;
  /** How it sees the images. */
  image: ImageRecipe;
  /** Whether its outputs were taken in the dataset's order. */
  isOrderGuessed: boolean;
  remarks: readonly MatchRemark[];
}

/** Hints as a reader takes them, from a recipe's. */
export const statedHints = (hints: NetworkHints): DeployedHints =>
  Object.fromEntries(Object.entries(hints).filter(([, value]) => value !== null));

/** How a network's images are prepared, where what is stated nowhere is as the recipe has it. */
const imageOf = ({ facts: { input } }: OnnxClassifier, recipes: ImageRecipe): ImageRecipe => ({
  size: input.size,
  resize: input.resize ?? recipes.resize,
  ...statisticsOf(input.values),
});

interface Selection {
  /** null: all of them, as they are. */
  outputs: ClassOutputs | null;
  isOrderGuessed: boolean;
  remark: MatchRemark | null;
}

/** Which output stands for which of the dataset's classes. Throws WEIGHTS_MISMATCH, NOT_FOUND, INVALID_INPUT. */
async function selectionOf(
  { classes }: FileTeacher,
  { facts }: OnnxClassifier,
  dataset: readonly string[],
): Promise<Selection> {
  const { outputs } = facts;
  const names = await outputNames(classes, facts);
  const inOrder = (remark: Selection['remark']): Selection => ({
    outputs: null,
    isOrderGuessed: true,
    remark,
  });
  if (names === null) {
    if (outputs === dataset.length) return inOrder(null);
    throw new DistillError(
      'WEIGHTS_MISMATCH',
      `"${facts.file}" has ${outputs} outputs without names, and the dataset ${dataset.length} classes.`,
      'List the classes of its outputs in teacher.classes: a list, a file with one a line, or a CSV file of two columns, output and class.',
    );
  }
  try {
    const selected = outputsFor(dataset, names);
    if (classes !== null || areNamesMeant(selected, outputs))
      return {
        outputs: keepsOrder(selected, outputs) ? null : selected,
        isOrderGuessed: false,
        remark: matchRemark(dataset, selected, outputs),
      };
  } catch (thrown) {
    if (classes !== null || outputs !== dataset.length) throw thrown;
  }
  const message = `The file names other classes than the dataset (${names.slice(0, 3).join(', ')}, ...); its outputs are taken in the dataset's order.`;
  return inOrder({ level: 'warn', message });
}

const valueWords = (image: ImageRecipe): string =>
  `mean ${image.mean.join(' ')} and std ${image.std.join(' ')}`;

function guessRemarks(
  { facts: { file, guessed } }: OnnxClassifier,
  image: ImageRecipe,
): OnnxTeacher['remarks'] {
  const taken = guessed.map((one) => (one === 'size' ? `${image.size} px` : valueWords(image)));
  if (taken.length === 0) return [];
  const message = `"${path.basename(file)}" does not state its ${listed(guessed)}; the recipe's data.image was taken: ${listed(taken)}. Set teacher.hints if it was trained otherwise.`;
  return [{ level: 'warn', message }];
}

/**
 * Opens the network of a teacher from an ONNX file; `recipes`: how the run's images are prepared, taken where neither the file nor its
 * user states it. Throws what openOnnxClassifier throws.
 */
export async function openOnnxTeacherNetwork(
  { path: file, hints, features }: FileTeacher,
  recipes: ImageRecipe,
): Promise<Pick<OnnxTeacher, 'model' | 'image'>> {
  const { size, mean, std } = recipes;
  const otherwise = { size, values: { mean, std } };
  const model = await openOnnxClassifier(file, statedHints(hints), otherwise, features);
  return { model, image: imageOf(model, recipes) };
}

/** The same with the dataset's classes as its outputs. Throws also WEIGHTS_MISMATCH where it knows fewer than two of them. */
export async function openOnnxTeacher(
  teacher: FileTeacher,
  dataset: readonly string[],
  recipes: ImageRecipe,
): Promise<OnnxTeacher> {
  const { model, image } = await openOnnxTeacherNetwork(teacher, recipes);
  try {
    refuseFarWeights(model);
    const { outputs, isOrderGuessed, remark } = await selectionOf(teacher, model, dataset);
    if (outputs) model.select(outputs);
    return {
      model,
      image,
      isOrderGuessed,
      remarks: [...guessRemarks(model, image), ...(remark ? [remark] : [])],
    };
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}

/** A run keeps all files of its teacher in one folder. Throws UNSUPPORTED_FORMAT where some lie elsewhere. */
export function refuseFarWeights({ facts: { file, externalFiles } }: OnnxClassifier): void {
  const far = externalFiles.filter((name) => !isSegment(name));
  if (far.length === 0) return;
  throw new DistillError(
    'UNSUPPORTED_FORMAT',
    `"${file}" has weights in other folders: ${listed(far)}.`,
    'Save the network as one file, or with its weights beside it.',
  );
}

const anySize = z.number().int().min(1);

/** What a run keeps of such a teacher beside its files. */
const keptSchema = z.object({
  version: z.literal(1),
  /** The network's file, and those that hold its weights, in the folder of this description's name. */
  files: z.array(z.string().refine(isSegment)).min(1),
  /** Of their contents. */
  hash: z.string(),
  // Networks of others may be larger than a recipe's.
  hints: networkHintsSchema.extend({ size: anySize.nullable() }),
  /** Which of its outputs stand for the classes, null for one that it does not know; null: all, in their order. */
  outputs: z.array(z.number().int().min(0).nullable()).nullable(),
  /** By the names of its stages, the tensors in the graph that are their outputs. */
  features: z.record(z.string(), z.string()).default({}),
  classNames: z.array(z.string()),
  image: imageSchema.extend({ size: anySize }),
});

const folderOf = (run: RunPaths, name: NetworkName): string => run.path('weights', `${name}-onnx`);
const descriptionOf = (name: NetworkName): string => path.join('weights', `${name}-onnx.json`);

/** Copies a teacher's files into a run's folder, so that the run can be evaluated alone; gives the copies. */
export async function keepOnnxTeacher(
  run: RunPaths,
  { model, image }: Pick<OnnxTeacher, 'model' | 'image'>,
  classNames: readonly string[],
  name: NetworkName = 'teacher',
): Promise<string[]> {
  const { facts, selected } = model;
  const { input, layout, gives } = facts;
  const folder = folderOf(run, name);
  await rm(folder, { recursive: true, force: true });
  await makeFolders(folder);
  const copies = await Promise.all(
    filesOf(facts).map(async (from) => {
      const to = path.join(folder, path.basename(from));
      await copyFile(from, to, constants.COPYFILE_FICLONE).catch((thrown: unknown) => {
        throw fileError(thrown, to);
      });
      return to;
    }),
  );
  const { size, resize, values, channels } = input;
  await writeJsonAtomic(run.path(descriptionOf(name)), {
    version: 1,
    files: copies.map((copy) => path.basename(copy)),
    hash: await contentHash(copies),
    hints: { size, resize, values, channels, layout, gives },
    outputs: selected && [...selected],
    features: Object.fromEntries(
      Object.entries(facts.features).map(([stage, { tensor }]) => [stage, tensor]),
    ),
    classNames: [...classNames],
    image,
  } satisfies z.input<typeof keptSchema>);
  return copies;
}

/** Whether a run's teacher is an ONNX file that it keeps. */
export const keepsOnnxTeacher = (run: RunPaths, name: NetworkName): Promise<boolean> =>
  stat(run.path(descriptionOf(name))).then(
    () => true,
    () => false,
  );

/**
 * The ONNX teacher that a run keeps, with the classes of its outputs. Throws RUN_CORRUPT where its files are not those that the run took.
 */
export async function readKeptOnnxTeacher(
  run: RunPaths,
  name: NetworkName = 'teacher',
): Promise<{ model: OnnxClassifier; image: ImageRecipe; classNames: string[]; files: string[] }> {
  const kept = await readChecked(run.folder, descriptionOf(name), keptSchema);
  const files = kept.files.map((file) => path.join(folderOf(run, name), file));
  if ((await contentHash(files)) !== kept.hash)
    throw new DistillError(
      'RUN_CORRUPT',
      `The teacher "${files[0]!}" has changed since the run took it.`,
      'Put the file back, or start the run again from its recipe.',
    );
  const model = await openOnnxClassifier(files[0]!, statedHints(kept.hints), undefined, kept.features);
  if (kept.outputs) model.select(kept.outputs);
  return { model, image: kept.image, classNames: kept.classNames, files };
}
