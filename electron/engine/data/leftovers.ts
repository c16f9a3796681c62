import type { SkippedFile } from '../../contract/dataset.ts';
import type { Listing } from './formats/format.ts';
import { hasImageEnding } from './image.ts';
import { notRead } from './image-files.ts';
import type { NotRead } from './image-kind.ts';
import { isList, isTable, type Source } from './source/source.ts';

/** Files that a listing does not speak of: nothing that lies in a dataset is passed over without a word. */
export function leftovers(
  { keys }: Pick<Source, 'keys'>,
  listing: Listing,
  refusals: ReadonlyMap<string, string>,
  others: ReadonlyMap<string, NotRead>,
): SkippedFile[] {
  const known = new Set(listing.used);
  for (const { key } of listing.images) known.add(key);
  for (const { file } of listing.skipped) known.add(file);
  return keys
    .filter((key) => !known.has(key))
    .map((key) => leftover(key, refusals.get(key), others.get(key)));
}

function leftover(file: string, refusal: string | undefined, kind: NotRead | undefined): SkippedFile {
  if (kind) return notRead(file, kind);
  if (refusal !== undefined) return { file, reason: 'not-used', detail: refusal };
  if (hasImageEnding(file))
    return { file, reason: 'unlabelled', detail: 'an image that nothing in the dataset labels' };
  if (isTable(file) && !isList(file))
    return { file, reason: 'not-used', detail: 'a table that the format does not need' };
  if (/\.(zip|tar|tgz|gz|7z|rar)$/i.test(file))
    return {
      file,
      reason: 'not-used',
      detail: 'an archive inside the dataset; unpack it to use what it holds',
    };
  return { file, reason: 'not-an-image', detail: 'neither an image nor a table' };
}
