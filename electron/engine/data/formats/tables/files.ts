import type { Part } from '../../../../contract/parts.ts';
import { partOfName } from '../parts.ts';
import { type Located, locator, type Locator } from './locate.ts';

/** The images that tables may name. */
export interface Files {
  readonly keys: readonly string[];
  /** The image that a cell of a table in `folder` means; where several fit, the one in the folder of the row's part. */
  find(cell: string, folder: string, part: Part | null, loosely?: boolean): Located;
}

export function filesOf(keys: readonly string[]): Files {
  const all = locator(keys);
  const byPart = new Map<Part, Locator>();
  const inPart = (part: Part): Locator => {
    const known = byPart.get(part);
    if (known) return known;
    const made = locator(
      keys.filter((key) =>
        key.split('/').some((name, at, names) => at < names.length - 1 && partOfName(name) === part),
      ),
    );
    byPart.set(part, made);
    return made;
  };
  return {
    keys,
    find(cell, folder, part, loosely) {
      const found = all(cell, folder, loosely);
      if (part === null || found === null || 'key' in found) return found;
      return inPart(part)(cell, folder, loosely) ?? found;
    },
  };
}
