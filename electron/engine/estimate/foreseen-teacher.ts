import type { Recipe } from '../../contract/recipe.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import type { TeacherRecipe } from '../../contract/recipe/teacher.ts';
import { imageOf, ownImage } from '../../contract/role-image.ts';
import type { Role } from '../../contract/run.ts';
import { networkOfTeacher, originOfTeacher } from '../../contract/teacher-network.ts';
import { imageIn, keptImage, modelIn } from '../models/weights/metadata.ts';
import { readHeader } from '../models/weights/safetensors-header.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import type { DescribedNetwork } from './described-training.ts';

const runAt = (folder: string): Promise<RunFolder | null> => RunFolder.open(folder).catch(() => null);

const recipeAt = async (folder: string): Promise<Recipe | null> => (await runAt(folder))?.recipe ?? null;

/** The network of a teacher, also where it comes from a run; null where that run is gone. */
export const teacherModel = (teacher: TeacherRecipe): Promise<ModelRecipe | null> =>
  networkOfTeacher(teacher, recipeAt);

/** What a teacher is, also where it comes from a run; null where that run is gone. */
export const teacherOrigin = (teacher: TeacherRecipe): ReturnType<typeof originOfTeacher> =>
  originOfTeacher(teacher, recipeAt);

/** The metadata of a weights file; nothing if it is missing or from another program. */
const metadataOf = async (file: string): Promise<Record<string, string>> =>
  (await readHeader(file).catch(() => null))?.metadata ?? {};

/** A network whose weights a run has, as their header describes it; null where it has none yet. */
export async function networkInRun(run: RunFolder, role: Role): Promise<DescribedNetwork | null> {
  const metadata = await metadataOf(run.weightsFile(role));
  const model = modelIn(metadata);
  return model ? { model, image: keptImage(metadata, run.recipe, role) } : null;
}

/**
 * A teacher that is not trained by the run of this recipe, as far as it is known before its weights are read; null: it is trained,
 * it is an ONNX file, whose work is not known, or the run that it comes from is gone.
 */
export async function foreseenTeacher({ teacher, data }: Recipe): Promise<DescribedNetwork | null> {
  if (teacher.source === 'train' || teacher.source === 'onnx' || teacher.source === 'ensemble') return null;
  if (teacher.source === 'weights')
    return {
      model: teacher.model,
      image: ownImage(teacher.image, imageIn(await metadataOf(teacher.path)) ?? data.image),
    };
  const run = await runAt(teacher.path);
  const found = run && (await networkInRun(run, teacher.role));
  if (!run || found) return found;
  const model = await teacherModel(teacher);
  return model && { model, image: imageOf(run.recipe, teacher.role) };
}
