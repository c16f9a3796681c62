import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../contract/services.ts';

/** Milliseconds for which the engine's answer counts as known; many files are asked for at once. */
const freshMs = 2000;
/** Milliseconds to wait for a busy engine where there are folders known from before. */
const patienceMs = 1000;

/** Folders below which files may be read, and single files. `fresh`: not what was known some seconds ago. */
export type FileRoots = (options?: { fresh: boolean }) => Promise<readonly string[]>;

type System = () => Pick<Client, 'system'>;

/** What a window may read: the settings' folders (runs, datasets), what the engine has written elsewhere, and `more`. */
export const fileRoots = (client: System, more: readonly string[] = []): FileRoots =>
  remembered(async () => (await client().system.readable({})).paths, more);

/** What a window may choose from: the settings' folders and `more`. */
export const pickerRoots = (client: System, more: readonly string[]): FileRoots =>
  remembered(async () => {
    const { runsFolder, dataFolder } = await client().system.settings({});
    return [runsFolder, dataFolder];
  }, more);

/** While the engine is away or busy the last known ones hold. */
function remembered(ask: () => Promise<string[]>, more: readonly string[]): FileRoots {
  let known: string[] | null = null;
  let knownAt = -Infinity;
  let asking: Promise<void> | null = null;

  async function look(): Promise<void> {
    try {
      known = await ask();
      knownAt = performance.now();
    } catch {
      // The engine is away, or the settings are broken, which it reports elsewhere.
    }
  }

  return async ({ fresh } = { fresh: false }) => {
    if (fresh || performance.now() - knownAt > freshMs) {
      asking ??= look().finally(() => (asking = null));
      await (known === null ? asking : Promise.race([asking, sleep(patienceMs)]));
    }
    return [...(known ?? []), ...more];
  };
}
