import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FolderFiles } from '../../electron/engine/export/network-folder.ts';

/** Writes an export's folder. */
export function writeFolder(folder: string, files: FolderFiles): void {
  for (const [name, content] of Object.entries(files)) {
    const target = path.join(folder, ...name.split('/'));
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}
