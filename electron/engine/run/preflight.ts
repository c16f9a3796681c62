import { distillationFindings, networkStages } from '../../contract/distillation-findings.ts';
import { divisionFindings } from '../../contract/division-findings.ts';
import { DistillError } from '../../contract/errors.ts';
import type { Finding } from '../../contract/findings.ts';
import { listed } from '../../contract/listed.ts';
import { needsOf } from '../../contract/methods.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import type { OnnxTeacherRecipe } from '../../contract/recipe/teacher.ts';
import type { TrainingRecipe } from '../../contract/recipe/training.ts';
import { imageOf } from '../../contract/role-image.ts';
import type { CallContext } from '../../contract/method.ts';
import { countDivision, divide, type Division, taughtClasses } from '../data/division.ts';
import { countUnlabelled } from '../data/unlabelled.ts';
import { listDataset } from '../data/import.ts';
import { checkReuse } from '../distill/reused-classifier.ts';
import { requirePenultimate } from '../distill/vectors.ts';
import { checkedFrozenGroups } from '../models/freezing.ts';
import { networkOf } from '../models/index.ts';
import { smallestImage } from '../models/smallest-image.ts';
import { listFeatureMaps } from '../deployed/onnx/list-maps.ts';
import { statedHints } from '../inputs/onnx-teacher.ts';
import { checkWeights } from '../inputs/check-weights.ts';
import { unmeasuredFile } from '../estimate/file-cost.ts';
import { foreseenTeachers, teacherOrigin } from '../estimate/foreseen-teacher.ts';
import { type Counted, countsOf } from '../estimate/run-counts.ts';
import { dataPathOf } from '../data/prepared-data.ts';
import { refuseErrors } from './run-findings.ts';
import { runFolderBytes } from '../estimate/run-footprint.ts';
import { planRun } from '../estimate/run-plan.ts';
import { diskSpace } from '../user/storage.ts';

export interface PlannedRun {
  recipe: Recipe;
  /** Takes the place of the recipe's own path. */
  dataPath: string | null;
  /** The folder that the run's own folder is made in. */
  out: string;
}

/**
 * Looks at everything that a recipe names before a folder is made for its run: what checkRecipeParts does, and the room on the disk.
 * Throws what is wrong with the first of them, DISK_FULL last.
 */
export async function preflight(planned: PlannedRun, context: CallContext): Promise<void> {
  const { recipe, dataPath } = planned;
  const division = await checkRecipeParts(
    { ...recipe, data: { ...recipe.data, path: dataPathOf(recipe, dataPath) } },
    context,
  );
  const unlabelled = await countUnlabelled(recipe.data.unlabelled?.paths ?? [], context.signal);
  await checkRoom(planned, { ...division, unlabelled: { length: unlabelled } }, context);
}

/**
 * Looks at the dataset's layout, classes and division, files of weights, the teacher's run and the frozen groups. Throws what is wrong
 * with the first of them: NOT_FOUND, UNSUPPORTED_FORMAT, DATASET_EMPTY, RECIPE_INVALID, WEIGHTS_CORRUPT, WEIGHTS_MISMATCH, ...
 */
export async function checkRecipeParts(recipe: Recipe, { signal }: CallContext): Promise<Division> {
  const { data, teacher, student } = recipe;
  const { classNames, reading } = data;
  const dataset = await listDataset(dataPathOf(recipe, null), { classNames, reading, signal });
  const division = divide({ classes: dataset.classes, ...dataset.samples }, data, recipe.seed, {
    teacherClasses: taughtClasses(recipe),
  });
  refuseErrors(
    divisionFindings({
      recipe,
      classes: countDivision(division),
      teacherImages: division.teacherSplit.train.length,
    }),
  );
  const origin = await teacherOrigin(teacher);
  const stages = networkStages(student.model, origin);
  refuseErrors(await withOffers(distillationFindings(recipe, stages), recipe));
  checkPenultimate(recipe, origin);
  for (const role of ['teacher', 'student'] as const) {
    const trained = recipe[role];
    if ('source' in trained && trained.source !== 'train') continue;
    checkStages(role, trained.model, trained.training);
    checkImages(role, trained.model, imageOf(recipe, role).size);
  }
  await checkWeights(recipe, dataset.classes);
  return division;
}

/**
 * Throws RECIPE_INVALID where a term needs of the teacher's last layers what that has not. `origin`: the teacher's network, as far as it is
 * known.
 */
function checkPenultimate(
  { distillation, student }: Recipe,
  origin: ModelRecipe | OnnxTeacherRecipe | null,
): void {
  if (origin === null) return;
  const isFile = 'source' in origin;
  if (isFile && distillation.terms.some((term) => needsOf(term).teacher === 'penultimate'))
    requirePenultimate({ channels: {} });
  if (!isFile && distillation.terms.some(({ method }) => method === 'reused-classifier'))
    checkReuse(student.model, origin);
}

/** Names what an ONNX file offers where a term needs a stage that the recipe names no tensor for. */
async function withOffers(findings: Finding[], { teacher, data }: Recipe): Promise<Finding[]> {
  const index = findings.findIndex(({ code }) => code === 'stage-without-tensor');
  if (index < 0 || teacher.source !== 'onnx') return findings;
  const { size, mean, std } = data.image;
  const otherwise = { size, values: { mean, std } };
  const maps = await listFeatureMaps(teacher.path, statedHints(teacher.hints), otherwise);
  const offers = maps.map(({ tensor, shape }) => `"${tensor}" (${shape.join(' x ')})`);
  const offered = offers.length === 0 ? 'It has no maps of features.' : `It offers ${listed(offers)}.`;
  return findings.with(index, { ...findings[index]!, hint: `${findings[index]!.hint} ${offered}` });
}

/** Throws RECIPE_INVALID where a stage freezes more groups than the network has. */
function checkStages(role: 'teacher' | 'student', model: ModelRecipe, { stages }: TrainingRecipe): void {
  // The number of classes changes no group.
  const network = { groups: networkOf(model, 2).length, architecture: model.architecture };
  for (const [i, { freezeTo }] of stages.entries())
    checkedFrozenGroups(freezeTo, network, `${role}.training.stages[${i}].freezeTo`);
}

/** Throws RECIPE_INVALID where a layer would leave nothing of the images. */
function checkImages(role: 'teacher' | 'student', model: ModelRecipe, size: number): void {
  const smallest = smallestImage(networkOf(model, 2), size);
  if (smallest === size) return;
  const field = role === 'teacher' ? 'teacher.image.size' : 'data.image.size';
  throw new DistillError(
    'RECIPE_INVALID',
    `Images of ${size} px are too small for the ${role}, ${model.architecture} with the stem "${model.stem}": nothing is left of them after its layers.`,
    `Set ${field} to ${smallest} or more, or ${role}.model.stem to one that shrinks images less, such as "small".`,
  );
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

/** Throws DISK_FULL where the run's folder will not have the room that it is estimated to need. */
async function checkRoom(
  { recipe, out }: PlannedRun,
  division: Counted & Pick<Division, 'test'>,
  context: CallContext,
): Promise<void> {
  const counts = countsOf(division, division.test.length);
  // Whether steps are recorded changes no file, and how long the run takes is not known here; its curves are small beside the rest.
  const needed = runFolderBytes(
    planRun(recipe, counts, await foreseenTeachers(recipe, unmeasuredFile), true),
    0,
  );
  const { folder, freeBytes, totalBytes } = await diskSpace({ folder: out }, context);
  // Some network drives do not report it.
  if (totalBytes === 0 || freeBytes >= needed) return;
  throw new DistillError(
    'DISK_FULL',
    `The run will need about ${megabytes(needed)} in "${folder}", where ${megabytes(freeBytes)} are free.`,
    'Free some space on this disk, or choose another folder for runs.',
    { retryable: true },
  );
}
