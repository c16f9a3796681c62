import type { Recipe } from '../../contract/recipe.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { GivenTeacher, OnnxTeacherRecipe, TeacherRecipe } from '../../contract/recipe/teacher.ts';
import { imageOf, ownImage } from '../../contract/role-image.ts';
import type { Role } from '../../contract/run.ts';
import { networkOfTeacher, originOfTeacher } from '../../contract/teacher-network.ts';
import { imageIn, keptImage, modelIn } from '../models/weights/metadata.ts';
import { readHeader } from '../models/weights/safetensors-header.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import type { DescribedFile, DescribedNetwork, DescribedTeacher } from './described-training.ts';

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

/** What is known of a teacher in an ONNX file; null: it cannot be read. `image`: how the run's images are prepared. */
type FileReader = (teacher: OnnxTeacherRecipe, image: ImageRecipe) => Promise<DescribedFile | null>;

/**
 * The networks of a teacher that is not trained by the run of this recipe, as far as they are known before their weights are read; none:
 * it is trained, or one of the files and runs that they come from is gone.
 */
export async function foreseenTeachers(
  { teacher, data }: Recipe,
  fileOf: FileReader,
): Promise<DescribedTeacher[]> {
  const given =
    teacher.source === 'train'
      ? []
      : teacher.source === 'ensemble'
        ? teacher.members.map((member) => member.teacher)
        : [teacher];
  const found: DescribedTeacher[] = [];
  for (const one of given) {
    const origin = await teacherOrigin(one);
    const network =
      origin && 'source' in origin ? await fileOf(origin, data.image) : await ownNetwork(one, data.image);
    if (network === null) return [];
    found.push(network);
  }
  return found;
}

/** A given teacher that is a network of this program's. */
async function ownNetwork(teacher: GivenTeacher, image: ImageRecipe): Promise<DescribedNetwork | null> {
  if (teacher.source === 'onnx') return null;
  if (teacher.source === 'weights')
    return {
      model: teacher.model,
      image: ownImage(teacher.image, imageIn(await metadataOf(teacher.path)) ?? image),
    };
  const run = await runAt(teacher.path);
  const found = run && (await networkInRun(run, teacher.role));
  if (!run || found) return found;
  const model = await teacherModel(teacher);
  return model && { model, image: imageOf(run.recipe, teacher.role) };
}
