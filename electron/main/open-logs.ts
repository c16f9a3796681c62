import { mkdirSync } from 'node:fs';
import { DistillError, toErrorValue } from '../contract/errors.ts';
import { logsFolder } from '../platform/home.ts';

/** Shows the folder of the logs. Throws INTERNAL where the system cannot. */
export async function openLogs(openPath: (folder: string) => Promise<string>): Promise<void> {
  mkdirSync(logsFolder(), { recursive: true });
  const fault = await openPath(logsFolder());
  if (fault === '') return;
  const hint = `They are in ${logsFolder()}.`;
  throw new DistillError('INTERNAL', `The logs could not be shown (${fault}).`, hint);
}

/** The same for the menu, to which no error can be returned: it is shown in a box. */
export function openLogsFromMenu(
  openPath: (folder: string) => Promise<string>,
  showError: (title: string, text: string) => void,
): void {
  openLogs(openPath).catch((thrown: unknown) => {
    const { message, hint } = toErrorValue(thrown);
    showError(message, hint);
  });
}
