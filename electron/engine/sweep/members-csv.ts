import { csvRow } from '../../contract/spreadsheet.ts';
import type { Sweep } from '../../contract/sweep/sweep.ts';
import type { Member } from './members.ts';

/** What each member of a sweep is, one line a member, for people who read its folder. */
export const membersCsv = ({ axes }: Sweep, members: readonly Member[]): string =>
  [
    csvRow(['member', 'setting', 'seed', ...axes.map(({ name }) => name)]),
    ...members.map(({ setting, seed, values }, index) =>
      csvRow([index, setting, seed, ...axes.map(({ name }) => values[name] ?? null)]),
    ),
  ].join('');
