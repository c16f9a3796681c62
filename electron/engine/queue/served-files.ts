import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { mapConcurrently } from '../../platform/concurrent.ts';
import { isTemporaryName } from '../../platform/files.ts';
import { filesBelow, type FolderFile } from '../../platform/folder-size.ts';
import { hashOf } from '../data/download/content.ts';
import type { SweepFile } from './exchange.ts';
import { isPlace, markOf, posix } from './places.ts';

/** Files that are hashed at the same time. */
const atOnce = 4;

/** The files below one folder, or one file, that workers may fetch. */
export class ServedFiles {
  readonly root: string;
  /** Its name, where it is a file. */
  readonly #fileName: string | null;
  /** Hashes by path, of the file as it was. */
  readonly #hashes = new Map<string, { mark: string; sha256: string }>();

  constructor(root: string) {
    this.root = root;
    this.#fileName = statSync(root, { throwIfNoEntry: false })?.isFile() ? path.basename(root) : null;
  }

  /** Where a place lies; null: there is no such place. */
  pathOf(place: string): string | null {
    if (place === '' || place === this.#fileName) return this.root;
    return isPlace(place) ? path.join(this.root, ...place.split('/')) : null;
  }

  /** All files below a place, or the file of this name. Hidden files, and what is half written, are left out. */
  async list(place: string): Promise<Required<SweepFile>[]> {
    const at = this.pathOf(place);
    if (at === null) return [];
    const info = await stat(at).catch(() => null);
    const files: FolderFile[] = info?.isFile()
      ? [{ path: at, bytes: info.size, changed: info.mtimeMs }]
      : await filesBelow(at);
    const found = await mapConcurrently(files, atOnce, async (file) => {
      const name = posix(path.relative(this.root, file.path)) || path.basename(file.path);
      const isServed = isPlace(name) && !isTemporaryName(path.basename(name));
      // One that is gone by now is none of the list.
      const sha256 = isServed ? await this.#hashOf(file).catch(() => null) : null;
      return sha256 === null ? [] : [{ name, bytes: file.bytes, sha256 }];
    });
    return found.flat();
  }

  async #hashOf(found: FolderFile): Promise<string> {
    const { path: file } = found;
    const mark = markOf(found);
    const known = this.#hashes.get(file);
    if (known?.mark === mark) return known.sha256;
    const sha256 = await hashOf(file, 'sha256', new AbortController().signal);
    this.#hashes.set(file, { mark, sha256 });
    return sha256;
  }
}

/** RFC 9530: the value of Content-Digest for a SHA-256. */
export const digestHeader = (sha256: Buffer): string => `sha-256=:${sha256.toString('base64')}:`;

export const newHash = () => createHash('sha256');
