import type { Part } from '../../../contract/parts.ts';
import type { Folder } from './folder-tree.ts';
import { isNeutral, partOfName, partsInName } from './parts.ts';
import { byRecipe, type AssignedParts } from './assigned.ts';

/** A folder whose class folders belong to one part. */
export interface PartFolder {
  folder: Folder;
  part: Part;
  /** One clause for people. */
  why: string;
}

const byName = 'by its name';

export function assignedPart(folder: Folder, assigned: AssignedParts): PartFolder | null {
  if (assigned.size === 0) return null;
  const part = assigned.get(folder.path.normalize('NFC'));
  return part === undefined || part === 'ignore' ? null : { folder, part, why: byRecipe };
}

/**
 * The parts among a folder's children; null where they are no parts. Names that mean a part and nothing else are enough where
 * they mean two; others (seg_train, but also "test tube") must hold class folders of the same names, or be called alike but
 * for the part where one of them holds class folders.
 */
export function partsAmong(parent: Folder, assigned: AssignedParts): PartFolder[] | null {
  const certain: PartFolder[] = [];
  const doubtful: (PartFolder & { others: string })[] = [];
  for (const folder of parent.children.values()) {
    const { part, others } = partsInName(folder.name);
    const asked = assignedPart(folder, assigned);
    if (asked) certain.push(asked);
    else if (part !== undefined) {
      if (others === '') certain.push({ folder, part, why: byName });
      else doubtful.push({ folder, part, why: byName, others });
    }
  }
  if (differ(certain)) return certain;
  if (doubtful.length === 0) return null;
  const all = [...certain.map((one) => ({ ...one, others: '' })), ...doubtful];
  const alike = all.flatMap((one): PartFolder[] => {
    const others = all.filter(({ part }) => part !== one.part);
    const { folder, part, why } = one;
    const alike = others.find((other) => shareClasses(folder, other.folder));
    if (alike)
      return [
        { folder, part, why: `${why}, and it holds folders of the same names as "${alike.folder.name}"` },
      ];
    // A test part of a competition holds no class folders.
    const namesake = others.find(
      (other) => other.others === one.others && (holdsClasses(folder) || holdsClasses(other.folder)),
    );
    return namesake ? [{ folder, part, why: `${why}, and so does that of "${namesake.folder.name}"` }] : [];
  });
  return differ(alike) ? alike : null;
}

const differ = (folders: readonly PartFolder[]): boolean =>
  folders.some(({ part }) => part !== folders[0]!.part);

const holdsClasses = (folder: Folder): boolean => content(folder).children.size > 1;

/** Whether two folders hold class folders of the same names. */
export function shareClasses(a: Folder, b: Folder): boolean {
  const there = content(b).children;
  return [...content(a).children.keys()].some((name) => there.has(name));
}

/**
 * The folder that holds the classes: below the folder itself (seg_train/seg_train) or one with a generic name (train/images),
 * and below one that only holds other folders.
 */
export function content(top: Folder): Folder {
  let at = top;
  while (at.files.length === 0 && at.children.size === 1) {
    const [only] = [...at.children.values()] as [Folder];
    const isRepeated = only.name.toLowerCase() === top.name.toLowerCase() || isPartOf(only, top);
    if (!isRepeated && !isNeutral(only.name) && !holdsFoldersOnly(only)) break;
    at = only;
  }
  return at;
}

function isPartOf(folder: Folder, top: Folder): boolean {
  const part = partOfName(folder.name);
  return part !== undefined && part === partsInName(top.name).part;
}

export const holdsFoldersOnly = (folder: Folder): boolean =>
  folder.files.length === 0 && folder.children.size > 0;
