import { statSync } from 'node:fs';
import path from 'node:path';

/** Endings of recipe files that the program is associated with. Systems that look at a name's last part only know the first. */
export const recipeEndings = ['.distill', '.distill.json'] as const;

export const isRecipeFile = (file: string): boolean =>
  recipeEndings.some((ending) => file.toLowerCase().endsWith(ending));

type Kind = 'file' | 'folder' | null;

function kindOnDisk(file: string): Kind {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) return null;
  return stats.isDirectory() ? 'folder' : 'file';
}

/** Whether a path is something that the program opens: a recipe, or a dataset as a folder or zip. */
export function canOpen(file: string, kindOf: (file: string) => Kind = kindOnDisk): boolean {
  const kind = kindOf(file);
  if (kind === 'file')
    return isRecipeFile(file) || ['.json', '.zip'].includes(path.extname(file).toLowerCase());
  return kind === 'folder';
}

/**
 * The files and folders that a command line asks for, absolute. The program itself is left out: the first word, and where it runs from
 * its sources the second, which is the program's folder. What begins with a dash is Chromium's or Electron's.
 */
export function requestedPaths(
  argv: readonly string[],
  cwd: string,
  isPackaged: boolean,
  kindOf: (file: string) => Kind = kindOnDisk,
): string[] {
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  return (isPackaged ? words : words.slice(1))
    .map((word) => path.resolve(cwd, word))
    .filter((file) => canOpen(file, kindOf));
}
