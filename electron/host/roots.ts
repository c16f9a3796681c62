import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../contract/services.ts';

/** Milliseconds for which the settings' folders count as known; many files are asked for at once. */
const freshMs = 2000;
/** Milliseconds to wait for a busy engine where there are folders known from before. */
const patienceMs = 1000;

/**
 * The folders whose files a window may read: those of the settings (runs, datasets) and `more`. While the engine is away or busy the
 * last known ones hold.
 */
export function fileRoots(
  client: () => Pick<Client, 'system'>,
  more: readonly string[] = [],
): () => Promise<string[]> {
  let folders: string[] | null = null;
  let knownAt = -Infinity;
  let asking: Promise<void> | null = null;

  async function ask(): Promise<void> {
    try {
      const { runsFolder, dataFolder } = await client().system.settings({});
      folders = [runsFolder, dataFolder];
      knownAt = performance.now();
    } catch {
      // The engine is away, or the settings are broken, which it tells elsewhere.
    }
  }

  return async () => {
    if (performance.now() - knownAt > freshMs) {
      asking ??= ask().finally(() => (asking = null));
      await (folders === null ? asking : Promise.race([asking, sleep(patienceMs)]));
    }
    return [...(folders ?? []), ...more];
  };
}
