import path from 'node:path';
import { hasImageEnding } from '../../image.ts';
import { endingOf } from '../../source/source.ts';

/** What a table's cell means among the files that are there. */
export type Located =
  | { key: string; how: Match }
  /** Several files fit equally well. */
  | { among: [string, string] }
  | null;

/**
 * How a cell names its file: by its path (from the table's folder or the dataset's, with folders more or fewer), by its name
 * without ending, or as a number that a spreadsheet has changed (1.0 or 12 for 00012). Loosely also by its name alone although
 * the folders differ, or with another ending.
 */
export type Match = 'path' | 'stem' | 'number' | 'name' | 'ending';

export type Locator = (cell: string, folder: string, loosely?: boolean) => Located;

/** Two of the keys for which an ending of a path stands; one where it is unique. */
type Found = [string] | [string, string];
type Index = Map<string, Found>;

const fold = (text: string): string => text.toLowerCase();
const stemOf = (key: string): string => key.slice(0, key.length - path.posix.extname(key).length);

/** Finds the files that a table's cells mean, Unicode composed: macOS stores names decomposed. */
export function locator(keys: readonly string[]): Locator {
  const composed = keys.map((key) => key.normalize('NFC'));
  const whole = new Map(composed.map((key, at) => [key, keys[at]!]));
  const lazily = (nameOf: (key: string) => string) => {
    let index: Index | null = null;
    return () => (index ??= indexOf(composed.map(nameOf), keys));
  };
  const paths = [lazily((key) => key), lazily(fold)];
  const stems = [lazily(stemOf), lazily((key) => fold(stemOf(key)))];
  const numberFiles = lazily((key) => withNumber(stemOf(key), endingOf(key)));
  const numbers = lazily((key) => withNumber(stemOf(key)));

  return (cell, folder, loosely = false) => {
    const name = pathOf(cell);
    if (name === '') return null;
    const exact = whole.get(path.posix.join(folder, name)) ?? whole.get(name);
    if (exact !== undefined) return { key: exact, how: 'path' };
    const isPath = hasImageEnding(name);
    const places = folder === '' ? [name] : [path.posix.join(folder, name), name];
    const ways: [Match, readonly (() => Index)[], readonly string[]][] = [
      ['path', paths, places],
      ['stem', stems, isPath ? [] : places],
      isPath
        ? ['number', [numberFiles], [withNumber(stemOf(name), endingOf(name))]]
        : ['number', [numbers], [withNumber(name)]],
      ['ending', stems, loosely ? places.map(stemOf) : []],
    ];
    for (const [how, indexes, wanted] of ways) {
      const found = search(indexes, wanted);
      if (found) return 'key' in found && found.how === 'path' ? { ...found, how } : found;
    }
    return null;

    function search(indexes: readonly (() => Index)[], wanted: readonly string[]): Located {
      let among: Located = null;
      for (const [at, index] of indexes.entries()) {
        for (const one of wanted) {
          const found = longestEnding(index(), at === 0 ? one : fold(one), loosely);
          if (found && 'key' in found) return found;
          among ??= found;
        }
      }
      return among;
    }
  };
}

/** A cell as a path: slashes, no drive, no address, no beginning that leads nowhere. */
function pathOf(cell: string): string {
  const slashed = unescaped(cell).replaceAll('\\', '/').normalize('NFC');
  const bare = slashed.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/^[a-z]:/i, '');
  const name = path.posix.normalize(bare.replace(/^\/+/, ''));
  return name === '.' ? '' : name.replace(/^(\.\.\/)+/, '');
}

/** Addresses write blanks as %20. */
function unescaped(cell: string): string {
  if (!/%[0-9a-f]{2}/i.test(cell)) return cell;
  try {
    return decodeURIComponent(cell);
  } catch {
    return cell;
  }
}

/** img/12 for img/00012 and img/12.0; '' where the name is no number. */
function withNumber(stem: string, ending = ''): string {
  const [, folder, digits] = /^(.*\/)?0*(\d+)(?:\.0+)?$/.exec(stem) ?? [];
  return digits === undefined ? '' : `${folder ?? ''}${digits}${ending}`;
}

/** Every ending of every path, from its name alone to the whole of it. */
function indexOf(names: readonly string[], keys: readonly string[]): Index {
  const index: Index = new Map();
  names.forEach((name, at) => {
    const key = keys[at]!;
    for (let cut = name.lastIndexOf('/'); ; cut = cut > 0 ? name.lastIndexOf('/', cut - 1) : -1) {
      const ending = name.slice(cut + 1);
      const earlier = index.get(ending);
      if (ending !== '' && earlier?.length !== 2) index.set(ending, earlier ? [earlier[0], key] : [key]);
      if (cut < 0) break;
    }
  });
  return index;
}

/**
 * The file that has the longest ending in common with the name. One of the two must be that ending as a whole, or a folder must
 * agree: a name alone may be another file's.
 */
function longestEnding(index: Index, name: string, loosely: boolean): Located {
  const folders = name.split('/');
  for (let from = 0; from < folders.length; from++) {
    const found = index.get(folders.slice(from).join('/'));
    if (!found) continue;
    if (found.length === 2) return { among: found };
    const [key] = found;
    const isWhole = from === 0 || !key.includes('/');
    const shares = folders.length - from > 1;
    if (isWhole || shares) return { key, how: 'path' };
    return loosely ? { key, how: 'name' } : null;
  }
  return null;
}
