import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import { fileError, isSystemError, writeJsonAtomic } from '../../platform/files.ts';
import { HEARTBEAT_MS, isAlive, ownerSchema, thisProcess, type Owner } from './process-identity.ts';

const lockFile = (folder: string) => path.join(folder, 'run.lock');

interface Held {
  /** null: unreadable, e.g. torn by a crash; then its age decides. */
  owner: Owner | null;
  text: string;
  alive: boolean;
}

async function inspect(file: string): Promise<Held | null> {
  try {
    const [text, { mtime }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    try {
      const owner = ownerSchema.parse(JSON.parse(text));
      return { owner, text, alive: await isAlive(owner, mtime) };
    } catch {
      // Its writer may be between creating and filling it.
      return { owner: null, text, alive: Date.now() - mtime.getTime() < HEARTBEAT_MS };
    }
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return null;
    throw fileError(thrown, file);
  }
}

/** Takes a dead process's lock away; where another process was quicker and has its own there by now, puts that back. */
async function removeStale(file: string, text: string): Promise<void> {
  const aside = `${file}.${randomUUID().slice(0, 8)}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) === text) await rm(aside, { force: true });
  else await rename(aside, file);
}

/** One process at a time works on a run: the file run.lock names it. */
export class RunLock {
  readonly #file: string;
  readonly #token: string;
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(file: string, token: string) {
    this.#file = file;
    this.#token = token;
    this.#heartbeat = setInterval(() => {
      const now = new Date();
      utimes(file, now, now).catch(() => undefined);
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /** Throws DistillError RUN_STATE where a living process holds the run; NOT_WRITABLE, DISK_FULL. */
  static async acquire(folder: string): Promise<RunLock> {
    const file = lockFile(folder);
    const owner = await thisProcess(randomUUID());
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        await writeFile(file, JSON.stringify(owner), { flag: 'wx' });
        return new RunLock(file, owner.token);
      } catch (thrown) {
        if (!isSystemError(thrown, 'EEXIST')) throw fileError(thrown, file);
      }
      const held = await inspect(file);
      if (held?.alive) throw heldError(folder, held.owner);
      if (held) await removeStale(file, held.text);
    }
    throw heldError(folder, null);
  }

  /**
   * Takes the lock over from the holder whose token it has, in one step: the run is never without a holder. Throws RUN_STATE where
   * somebody else holds it by now, NOT_WRITABLE, DISK_FULL.
   */
  static async takeOver(folder: string, token: string): Promise<RunLock> {
    const file = lockFile(folder);
    const held = await inspect(file);
    if (held?.owner?.token !== token) throw heldError(folder, held?.owner ?? null);
    const owner = await thisProcess(randomUUID());
    await writeJsonAtomic(file, owner);
    return new RunLock(file, owner.token);
  }

  get token(): string {
    return this.#token;
  }

  /** Whether a living process holds the run. */
  static async isHeld(folder: string): Promise<boolean> {
    return (await inspect(lockFile(folder)))?.alive ?? false;
  }

  /** Leaves it alone where another process has taken it over. */
  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    const held = await inspect(this.#file);
    if (held?.owner?.token === this.#token) await rm(this.#file, { force: true });
  }
}

function heldError(folder: string, owner: Owner | null): DistillError {
  const by = owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return new DistillError(
    'RUN_STATE',
    `The run "${path.basename(folder)}" is in use by ${by}.`,
    'Stop it there first, or wait until it has ended.',
    { retryable: true },
  );
}
