import type { RunSummary } from '../../../electron/contract/library.ts';
import { baseName, formatDate } from '../../format.ts';

/** What runs are called beside one another: those of one name also by their date, those of one minute also by their folder. */
export function distinctNames(runs: readonly Pick<RunSummary, 'name' | 'startedAt' | 'folder'>[]): string[] {
  const dated = told(
    runs.map(({ name }) => name),
    (i) => formatDate(runs[i]!.startedAt),
  );
  return told(dated, (i) => baseName(runs[i]!.folder));
}

/** Those names that are there more than once, with more about each. */
const told = (names: readonly string[], more: (index: number) => string): string[] =>
  names.map((name, i) => (names.indexOf(name) === names.lastIndexOf(name) ? name : `${name}, ${more(i)}`));
