import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { Role } from '../../contract/run.ts';
import type { Classifier } from '../models/index.ts';
import type { RunPaths } from '../run-folder/run-paths.ts';
import { loadOwn, refuseOtherClasses } from './models.ts';
import { keepsOnnxTeacher, readKeptOnnxTeacher } from './onnx-teacher.ts';

/** A network that a run trained or was given. */
export interface KeptNetwork {
  model: Classifier;
  /** How it sees the images; null: as the run's recipe has it. */
  image: ImageRecipe | null;
  /** What the run keeps of it. */
  files: readonly string[];
}

/** Whether the run's network of this role is an ONNX file. */
export const isKeptOnnx = async (run: RunPaths, role: Role): Promise<boolean> =>
  role === 'teacher' && (await keepsOnnxTeacher(run));

/** Throws WEIGHTS_MISMATCH where the network knows other classes, RUN_CORRUPT, NOT_FOUND, and what reading its file throws. */
export async function readKept(
  run: RunPaths,
  role: Role,
  classNames: readonly string[],
): Promise<KeptNetwork> {
  if (!(await isKeptOnnx(run, role))) {
    const file = run.weightsFile(role);
    return { ...(await loadOwn(file, classNames)), files: [file] };
  }
  const kept = await readKeptOnnxTeacher(run);
  try {
    refuseOtherClasses(kept.files[0]!, kept.classNames, classNames);
    return kept;
  } catch (thrown) {
    kept.model.dispose();
    throw thrown;
  }
}
