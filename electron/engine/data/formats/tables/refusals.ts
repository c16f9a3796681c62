import { DistillError } from '../../../../contract/errors.ts';
import { columnNames, listed } from './columns.ts';
import type { RefusedTable, TableRows } from './read.ts';

/** Why no row of a table names an image, with an example of a cell and of a file. */
export function whyNoneMatches({ columns, rows, table }: TableRows, images: readonly string[]): string {
  if (rows.length === 0) return 'has no rows';
  const column = columnNames(table)[columns.file]!;
  const ambiguous = rows.find(({ among }) => among !== null);
  if (ambiguous)
    return `names "${ambiguous.file}" in its column "${column}", for which several files fit: ${listed(ambiguous.among!)}`;
  const files =
    images.length === 0 ? 'there are no images' : `the images are called like ${listed(images.slice(0, 1))}`;
  return `names no image that is there: its column "${column}" has cells such as ${listed([rows[0]!.file])}, and ${files}`;
}

export const noneMatches = (read: TableRows, images: readonly string[]): DistillError =>
  new DistillError(
    'INVALID_INPUT',
    `The table "${read.key}" ${whyNoneMatches(read, images)}.`,
    'Put the images where the table expects them, or choose the column that names the files.',
  );

export const refusedTable = ({ key, why, hint }: RefusedTable): DistillError =>
  new DistillError('INVALID_INPUT', `The table "${key}" ${why}.`, hint);
