import type { FolderEntry } from '../../electron/contract/host.ts';
import type { PickOptions } from '../host/host.ts';

/** Whether a file has one of the endings (without dot); where there are none, every file does. */
export const hasEnding = (name: string, extensions: readonly string[] = []): boolean =>
  extensions.length === 0 || extensions.some((end) => name.toLowerCase().endsWith(`.${end.toLowerCase()}`));

/** What a picker lists of a folder. */
export function shownEntries(
  entries: readonly FolderEntry[],
  { kind: wanted, extensions }: Pick<PickOptions, 'kind' | 'extensions'>,
): FolderEntry[] {
  return entries.filter(
    ({ kind, name }) => kind === 'folder' || (wanted !== 'folder' && hasEnding(name, extensions)),
  );
}

/** The folder that a picker begins in, and the name of the file that is proposed in it; '' for the list of roots and for no name. */
export function beginning({
  kind,
  startAt,
  extensions,
}: Pick<PickOptions, 'kind' | 'startAt' | 'extensions'>): {
  folder: string;
  name: string;
} {
  if (startAt === undefined) return { folder: '', name: '' };
  // A dataset may be either.
  const isFolder = kind === 'folder' || (kind === 'dataset' && !hasEnding(startAt, extensions));
  if (isFolder) return { folder: startAt, name: '' };
  const separator = startAt.includes('\\') ? '\\' : '/';
  const end = startAt.lastIndexOf(separator);
  return { folder: startAt.slice(0, Math.max(0, end)), name: kind === 'save' ? startAt.slice(end + 1) : '' };
}

/** Where a file is saved; with the first of the endings where its name has none of them. null: nothing to save under. */
export function savePath(folder: string, name: string, extensions: readonly string[] = []): string | null {
  const trimmed = name.trim();
  if (folder === '' || trimmed === '') return null;
  const [usual] = extensions;
  const file = usual === undefined || hasEnding(trimmed, extensions) ? trimmed : `${trimmed}.${usual}`;
  return `${folder.replace(/[\\/]$/, '')}/${file}`;
}

/** The file that already exists under the name to save to; null: none. Some systems ignore case. */
export const inTheWay = (entries: readonly FolderEntry[], path: string): FolderEntry | null => {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return entries.find((entry) => entry.name.toLowerCase() === name) ?? null;
};
