import { baseName } from '../../format.ts';

export interface FileGroup {
  title: string;
  files: string[];
}

const kinds = [
  { title: 'Report', endings: ['.html'] },
  { title: 'Weights', endings: ['.safetensors', '.json'] },
  { title: 'Figures', endings: ['.csv'] },
  { title: 'Plots', endings: ['.png', '.svg'] },
] as const;

/** Files by what they are for, each group in the given order; only those that there are. */
export function fileGroups(files: readonly string[]): FileGroup[] {
  const kindOf = (file: string) =>
    kinds.find(({ endings }) => endings.some((ending) => file.endsWith(ending)))?.title ?? 'Other';
  return [...kinds.map(({ title }) => title), 'Other']
    .map((title) => ({ title, files: files.filter((file) => kindOf(file) === title) }))
    .filter((group) => group.files.length > 0);
}

/** A file's folder, with either separator; nothing where it has none. */
export const folderOf = (file: string): string => file.replace(/[\\/]?[^\\/]*$/, '');

/** The folders that files lie in, each once, in their order. */
export const foldersOf = (files: readonly string[]): string[] => [...new Set(files.map(folderOf))];

/** What names of files have in common at their beginning is said once: the run's name, with its dash. */
export function shortName(file: string, run: string): string {
  const name = baseName(file);
  return name.startsWith(`${run}-`) ? name.slice(run.length + 1) : name;
}
