import { randomUUID } from 'node:crypto';
import { link, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import { fileError, makeFolders, renameOver } from '../../platform/files.ts';
import type { ExportItem, FileContent } from './item.ts';

/** Throws CANCELLED. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new DistillError('CANCELLED', 'The export was cancelled.');
}

/** The chunks until the signal: then the file that is being written of them is given up. */
async function* untilCancelled(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    throwIfCancelled(signal);
    yield chunk;
  }
}

async function writeFile(file: string, content: FileContent, signal: AbortSignal | undefined): Promise<void> {
  const made = typeof content === 'function' ? content() : content;
  const data =
    typeof made === 'object' && Symbol.asyncIterator in made ? untilCancelled(made, signal) : await made;
  throwIfCancelled(signal);
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const stageName = /^\.export\.[0-9a-f]{8}\.tmp$/;
/** Milliseconds after which no export is still going on. */
const staleMs = 24 * 3_600_000;

/** Removes what exports into a folder left whose process was killed. Never throws. */
export async function removeStaleStages(root: string, now = Date.now()): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    if (!stageName.test(name)) continue;
    const stage = path.join(root, name);
    const info = await stat(stage).catch(() => null);
    if (info && now - info.mtimeMs > staleMs)
      await rm(stage, { recursive: true, force: true }).catch(() => undefined);
  }
}

interface Staged {
  target: string;
  staged: string;
  isFolder: boolean;
}

/**
 * Files and folders that appear together or not at all: they are written to a folder beside their targets, which has a temporary
 * name (files.ts), and renamed at the end.
 */
export class Staging {
  readonly #roots: readonly { root: string; stage: string }[];
  readonly #items: Staged[] = [];

  /** `roots`: folders that exist, each with targets below it; a target belongs to the first that it lies in. */
  constructor(roots: readonly string[]) {
    const suffix = randomUUID().slice(0, 8);
    this.#roots = roots.map((root) => ({ root, stage: path.join(root, `.export.${suffix}.tmp`) }));
  }

  /** Gives where it lies until `commit`. Throws DISK_FULL, NOT_WRITABLE, CANCELLED, and what makes the contents throws. */
  async write(item: ExportItem, signal?: AbortSignal): Promise<string> {
    throwIfCancelled(signal);
    const target = item.path;
    const { root, stage } = this.#roots.find(({ root }) => !path.relative(root, target).startsWith('..'))!;
    const staged = path.join(stage, path.relative(root, target));
    const isFolder = 'files' in item;
    const files = isFolder ? Object.entries(item.files) : [['', item.content] as const];
    try {
      for (const [name, content] of files) {
        const file = path.join(staged, name);
        await makeFolders(path.dirname(file));
        await writeFile(file, content, signal);
      }
    } catch (thrown) {
      throw fileError(thrown, target);
    }
    this.#items.push({ target, staged, isFolder });
    return staged;
  }

  /** Puts all in their places, or leaves what was there. Throws NOT_WRITABLE, INVALID_INPUT and the like. */
  async commit(): Promise<void> {
    const done: { target: string; aside: string | null }[] = [];
    try {
      for (const { target, staged, isFolder } of this.#items) {
        try {
          const aside = await setAside(target, `${staged}.old`, isFolder);
          done.push({ target, aside });
          await renameOver(staged, target);
        } catch (thrown) {
          throw fileError(thrown, target);
        }
      }
    } catch (thrown) {
      for (const { target, aside } of done.reverse()) {
        await rm(target, { recursive: true, force: true }).catch(() => undefined);
        if (aside !== null) await rename(aside, target).catch(() => undefined);
      }
      throw thrown;
    }
  }

  /** Removes what is not in its place. Never throws. */
  async discard(): Promise<void> {
    for (const { stage } of this.#roots)
      await rm(stage, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Keeps what lies in a target's place under another name; null where nothing does. */
async function setAside(target: string, aside: string, isFolder: boolean): Promise<string | null> {
  const there = await stat(target).catch(() => null);
  if (!there) return null;
  if (there.isDirectory() !== isFolder)
    throw new DistillError(
      'INVALID_INPUT',
      `"${target}" is a ${isFolder ? 'file' : 'folder'}, but a ${isFolder ? 'folder' : 'file'} must be written there.`,
      'Move it away, or export to another folder.',
    );
  if (isFolder) await rename(target, aside);
  // A file stays in its place until the new one takes it, where the file system has links.
  else await link(target, aside).catch(() => rename(target, aside));
  return aside;
}
