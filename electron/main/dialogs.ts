import { existsSync } from 'node:fs';
import path from 'node:path';
import type { FileFilter, OpenDialogOptions, SaveDialogOptions } from 'electron';
import type { DesktopInput } from '../contract/desktop.ts';
import { DistillError } from '../contract/errors.ts';

export interface DialogsLike {
  showOpen(options: OpenDialogOptions): Promise<{ canceled: boolean; filePaths: string[] }>;
  showSave(options: SaveDialogOptions): Promise<{ canceled: boolean; filePath: string }>;
}

/** Asks for one path with the system's dialog. */
export async function pick(dialogs: DialogsLike, request: DesktopInput<'pick'>): Promise<string | null> {
  const { kind, title, extensions = [], startAt } = request;
  const common = {
    title,
    // macOS shows no title on its dialogs.
    message: title,
    filters: kind === 'folder' ? [] : filters(extensions),
    ...(startAt !== undefined && { defaultPath: startAt }),
  };
  if (kind === 'save') {
    const properties = ['createDirectory', 'showOverwriteConfirmation'] as const;
    const { canceled, filePath } = await dialogs.showSave({ ...common, properties: [...properties] });
    return canceled || filePath === '' ? null : filePath;
  }
  const { canceled, filePaths } = await dialogs.showOpen({
    ...common,
    properties: kind === 'file' ? ['openFile'] : ['openDirectory', 'createDirectory'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

function filters(extensions: readonly string[]): FileFilter[] {
  const all = { name: 'All files', extensions: ['*'] };
  if (extensions.length === 0) return [all];
  // Windows and GTK know only the last part of an ending ("json" of "distill.json").
  const endings = [...new Set(extensions.map((ending) => ending.split('.').at(-1) ?? ending))];
  return [{ name: endings.map((ending) => `.${ending}`).join(', '), extensions: endings }, all];
}

/**
 * The path, where it may be shown in the file manager: one that exists, absolute, and on this machine (a path to another machine makes
 * Windows log in there).
 */
export function revealable(given: string, exists: (file: string) => boolean = existsSync): string {
  const isRemote = /^[\\/]{2}/.test(given);
  if (path.isAbsolute(given) && !isRemote && exists(given)) return path.normalize(given);
  throw new DistillError('NOT_FOUND', `${given} is not there.`, 'It may have been moved or deleted.');
}
