import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRecipeFile } from '../contract/recipe-file.ts';

type Kind = 'file' | 'folder' | null;

function kindOnDisk(file: string): Kind {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) return null;
  return stats.isDirectory() ? 'folder' : 'file';
}

/**
 * Whether a path is something that the program opens: a recipe, or a dataset as a folder, zip or Parquet file. A recipe that is not there (any more) is
 * opened as well, so that the window can show it.
 */
export function canOpen(file: string, kindOf: (file: string) => Kind = kindOnDisk): boolean {
  const kind = kindOf(file);
  if (kind === 'folder') return true;
  if (isRecipeFile(file)) return true;
  return kind === 'file' && ['.json', '.zip', '.parquet'].includes(path.extname(file).toLowerCase());
}

/**
 * The files and folders that a command line asks for, absolute; file managers of Linux may name them as `file:` addresses. The program itself is left out: the first word, and where it runs from
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
    .map((word) => pathOf(word, cwd))
    .filter((file) => file !== null)
    .filter((file) => canOpen(file, kindOf));
}

/** null for an address that is no file of this machine. */
function pathOf(word: string, cwd: string): string | null {
  if (!/^file:/i.test(word)) return path.resolve(cwd, word);
  try {
    return fileURLToPath(word);
  } catch {
    return null;
  }
}
