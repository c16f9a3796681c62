import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import { copyFileAtomic, fileError, makeFolders, writeFileAtomic } from '../../platform/files.ts';
import { filesBelow } from '../../platform/folder-size.ts';
import type { Content, Exchange, SweepFile } from './exchange.ts';
import { posix } from './places.ts';

/** The sweep's folder, which this machine sees, too. */
export class SharedExchange implements Exchange {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async list(place: string): Promise<SweepFile[]> {
    const at = this.#pathOf(place);
    const info = await stat(at).catch(() => null);
    if (info?.isFile()) return [{ name: place, bytes: info.size }];
    const files = await filesBelow(at);
    return files.map(({ path: file, bytes }) => ({ name: posix(path.relative(this.#folder, file)), bytes }));
  }

  async fetch({ name }: SweepFile, to: string): Promise<void> {
    await makeFolders(path.dirname(to));
    await copyFileAtomic(this.#pathOf(name), to);
  }

  async put(name: string, content: Content): Promise<void> {
    const to = this.#pathOf(name);
    await this.#checkAttempt(name);
    await makeFolders(path.dirname(to));
    if ('bytes' in content) await writeFileAtomic(to, content.bytes);
    else await copyFileAtomic(content.file, to);
  }

  async remove(name: string): Promise<void> {
    await rm(this.#pathOf(name), { force: true }).catch((thrown: unknown) => {
      throw fileError(thrown, name);
    });
  }

  /** The coordinator makes an attempt's folder; one that is gone belongs to a sweep that somebody removed. */
  async #checkAttempt(name: string): Promise<void> {
    const [runs, attempt] = name.split('/');
    if (runs !== 'runs') return;
    const folder = this.#pathOf(`runs/${attempt}`);
    if (await stat(folder).catch(() => null)) return;
    throw new DistillError(
      'RUN_STATE',
      `There is no folder "${folder}" any more.`,
      'Nothing is written there.',
    );
  }

  #pathOf(place: string): string {
    return path.join(this.#folder, ...place.split('/'));
  }
}
