import { stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { readSettings } from '../user/settings.ts';

const isInside = (folder: string, file: string): boolean => {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
};

/**
 * Checks the folder of teacher logits that a run's own file names. Somebody else may have written that file, and a resume writes
 * there, so only the program's places are taken: the folder in the settings, "cache" beside the runs, the run's own folder, or a
 * folder that holds teacher logits already. Throws RUN_STATE.
 */
export async function checkLogitsFolder(
  { folder, logitsFolder }: RunFolder,
  context: Parameters<typeof readSettings>[1],
): Promise<void> {
  if (logitsFolder === null) return;
  const place = path.resolve(logitsFolder);
  const settings = await readSettings({}, context);
  const beside = path.join(path.dirname(folder), 'cache');
  const ours = [folder, beside, settings.logitsFolder, settings.dataFolder];
  if (ours.some((one) => isInside(path.resolve(one), place))) return;
  if ((await stat(path.join(place, 'teacher-answers')).catch(() => null))?.isDirectory()) return;
  throw new DistillError(
    'RUN_STATE',
    `The run keeps its teacher logits in "${place}", where this program has none.`,
    `If that is right, make the folder "${path.join(place, 'teacher-answers')}", or resume with --logits-folder and another folder.`,
  );
}
