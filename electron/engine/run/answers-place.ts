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
 * Where a run's own file says that its stored answers are. It may have been written by somebody else, and a resume writes there: so only
 * a place of this program counts, the folder of answers in the settings, "cache" beside the runs, the run's own folder, or one that has
 * stored answers in it already. Throws RUN_STATE.
 */
export async function checkAnswersPlace(
  { folder, storedAnswers }: RunFolder,
  context: Parameters<typeof readSettings>[1],
): Promise<void> {
  if (storedAnswers === null) return;
  const place = path.resolve(storedAnswers);
  const { answersFolder, dataFolder } = await readSettings({}, context);
  const ours = [folder, path.join(path.dirname(folder), 'cache'), answersFolder, dataFolder];
  if (ours.some((one) => isInside(path.resolve(one), place))) return;
  if ((await stat(path.join(place, 'teacher-answers')).catch(() => null))?.isDirectory()) return;
  throw new DistillError(
    'RUN_STATE',
    `The run keeps its teacher's answers in "${place}", where this program has none.`,
    `If that is right, make the folder "${path.join(place, 'teacher-answers')}", or resume with --cache and another one.`,
  );
}
