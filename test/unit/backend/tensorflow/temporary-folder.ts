import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** A folder for the tests of one file; `make` gives each a fresh one inside it, with the files named. */
export function useTemporaryFolder(): { make: (files?: Record<string, string>) => Promise<string> } {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'distill-tensorflow-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  return {
    async make(files = {}) {
      const folder = await mkdtemp(path.join(root, 'x-'));
      for (const [name, text] of Object.entries(files)) {
        const file = path.join(folder, name);
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, text);
      }
      return folder;
    },
  };
}
