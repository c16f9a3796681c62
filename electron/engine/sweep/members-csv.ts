import { csvRow } from '../../contract/spreadsheet.ts';
import type { Sweep } from '../../contract/sweep/sweep.ts';
import { breath } from '../../platform/breath.ts';
import type { Member } from './members.ts';

/** What each member of a sweep is, one line a member, for people who read its folder. */
export async function membersCsv({ axes }: Sweep, members: readonly Member[]): Promise<string> {
  let text = csvRow(['member', 'setting', 'seed', ...axes.map(({ name }) => name)]);
  for (const [index, { setting, seed, values }] of members.entries()) {
    text += csvRow([index, setting, seed, ...axes.map(({ name }) => values[name] ?? null)]);
    if (breath.isDue) await breath.take();
  }
  return text;
}
