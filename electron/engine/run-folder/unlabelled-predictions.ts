import { readFile } from 'node:fs/promises';
import { DistillError } from '../../contract/errors.ts';
import { type Role, roles } from '../../contract/run.ts';
import { fileError, isSystemError, writeFileAtomic } from '../../platform/files.ts';
import type { Probabilities } from '../evaluate/bias-correction.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../models/weights/safetensors.ts';
import { toRead } from './own-files.ts';
import type { RunFolder } from './run-folder.ts';

const fileOf = (run: RunFolder): string => run.path('predictions-unlabelled.safetensors');

/**
 * Keeps the models' predictions for images without labels in predictions-unlabelled.safetensors: for each model a tensor of its
 * role's name, float32 [images, classes]. Throws DISK_FULL, NOT_WRITABLE; an older file then stays as it was.
 */
export async function writeUnlabelledPredictions(
  run: RunFolder,
  models: ReadonlyMap<Role, Probabilities>,
): Promise<void> {
  const tensors = new Map<string, StoredTensor>();
  for (const [role, { n, classes, probabilities }] of models)
    tensors.set(role, { shape: [n, classes], data: probabilities });
  await writeFileAtomic(fileOf(run), encodeSafetensors(tensors, {}));
}

/** Those of the same vocabulary as `classes`; null where the run kept none. Throws RUN_CORRUPT. */
export async function findUnlabelledPredictions(
  run: RunFolder,
  classes: number,
): Promise<ReadonlyMap<Role, Probabilities> | null> {
  const file = fileOf(run);
  try {
    const { tensors } = decodeSafetensors(await readFile(file, { flag: toRead }), file);
    const models = roles.flatMap((role): [Role, Probabilities][] => {
      const found = tensors.get(role);
      const [n = 0, width] = found?.shape ?? [];
      return found && width === classes ? [[role, { n, classes, probabilities: found.data }]] : [];
    });
    return models.length === 0 ? null : new Map(models);
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return null;
    const error = fileError(thrown, file);
    if (error.code !== 'WEIGHTS_CORRUPT') throw error;
    throw new DistillError('RUN_CORRUPT', error.message, `Delete it: the test halves are used then.`, {
      cause: error,
    });
  }
}
