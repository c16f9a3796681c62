import type { RunSummary } from '../../../electron/contract/run-summary.ts';
import { baseName, formatDate } from '../../format.ts';

const isAlone = (name: string, names: readonly string[]): boolean =>
  names.indexOf(name) === names.lastIndexOf(name);

/** What runs are called beside one another: those of one name also by their date, those of one minute by their folder instead. */
export function distinctNames(runs: readonly Pick<RunSummary, 'name' | 'startedAt' | 'folder'>[]): string[] {
  const names = runs.map(({ name }) => name);
  const dated = runs.map(({ name, startedAt }) =>
    isAlone(name, names) ? name : `${name}, ${formatDate(startedAt)}`,
  );
  return runs.map(({ name, folder }, i) =>
    isAlone(dated[i]!, dated) ? dated[i]! : `${name}, ${baseName(folder)}`,
  );
}
