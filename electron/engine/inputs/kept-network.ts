import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { EnsembleRecipe } from '../../contract/recipe/teacher.ts';
import type { Role } from '../../contract/run.ts';
import type { Classifier } from '../models/index.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import type { NetworkName, RunPaths } from '../run-folder/run-paths.ts';
import { keptMember, openEnsemble } from './ensemble.ts';
import { loadOwn, refuseOtherClasses } from './models.ts';
import { keepsOnnxTeacher, readKeptOnnxTeacher } from './onnx-teacher.ts';
import { otherImage } from './teacher-view.ts';

/** A network that a run trained or was given. */
export interface KeptNetwork {
  model: Classifier;
  /** How it sees the images; null: as the run's recipe has it. The members of an ensemble have their own. */
  image: ImageRecipe | null;
  /** What the run keeps of it. */
  files: readonly string[];
}

/** The recipe of a run's ensemble; null where the network of this role is a single one. */
export const ensembleIn = ({ recipe }: Pick<RunFolder, 'recipe'>, role: Role): EnsembleRecipe | null =>
  role === 'teacher' && recipe.teacher.source === 'ensemble' ? recipe.teacher : null;

/** Throws WEIGHTS_MISMATCH where the network knows other classes, RUN_CORRUPT, NOT_FOUND, and what reading its files throws. */
export async function readKept(
  run: RunFolder,
  role: Role,
  classNames: readonly string[],
): Promise<KeptNetwork> {
  const ensemble = ensembleIn(run, role);
  if (ensemble === null) return readKeptNetwork(run, role, classNames);
  const files: (readonly string[])[] = [];
  const model = await openEnsemble(ensemble, async (k) => {
    const kept = await readKeptNetwork(run, keptMember(k), classNames);
    files.push(kept.files);
    return { model: kept.model, image: otherImage(kept.image, run.recipe.data.image) };
  });
  return { model, image: null, files: files.flat() };
}

async function readKeptNetwork(
  run: RunPaths,
  name: NetworkName,
  classNames: readonly string[],
): Promise<KeptNetwork> {
  if (!(await keepsOnnxTeacher(run, name))) {
    const file = run.weightsFile(name);
    return { ...(await loadOwn(file, classNames)), files: [file] };
  }
  const kept = await readKeptOnnxTeacher(run, name);
  try {
    refuseOtherClasses(kept.files[0]!, kept.classNames, classNames);
    return kept;
  } catch (thrown) {
    kept.model.dispose();
    throw thrown;
  }
}
