import { mkdirSync } from 'node:fs';
import { DistillError } from '../contract/errors.ts';
import { logsFolder } from '../platform/home.ts';

/** Shows the folder of the logs. Throws INTERNAL where the system cannot. */
export async function openLogs(openPath: (folder: string) => Promise<string>): Promise<undefined> {
  mkdirSync(logsFolder(), { recursive: true });
  const fault = await openPath(logsFolder());
  if (fault === '') return;
  const hint = `They are in ${logsFolder()}.`;
  throw new DistillError('INTERNAL', `The logs could not be shown (${fault}).`, hint);
}
