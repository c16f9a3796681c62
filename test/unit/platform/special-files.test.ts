import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClassNames } from '../../../electron/engine/data/formats/class-names.ts';
import { readImageFile } from '../../../electron/engine/data/image-file.ts';
import { openSource } from '../../../electron/engine/data/source/index.ts';
import { readJson } from '../../../electron/platform/files.ts';
import { openWeights } from '../../../electron/engine/models/weights/load.ts';
import { readRecipe } from '../../../electron/platform/recipe-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'distill-special-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const readers: [what: string, read: (file: string) => Promise<unknown>][] = [
  ['a recipe', readRecipe],
  ['weights', openWeights],
  ['class names', readClassNames],
  ['an image', readImageFile],
  ['a dataset', (file) => openSource(file)],
  ['a run’s file', readJson],
];

// Opened, a pipe without a writer waits for ever, and /dev/zero never ends.
describe.skipIf(process.platform === 'win32')('what is no file', () => {
  const pipe = path.join(folder, 'pipe.csv');
  beforeAll(() => void execFileSync('mkfifo', [pipe]));

  it.each(readers)('given as %s is named for what it is, and not opened', async (_, read) => {
    await expect(read(pipe)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('a named pipe') as string,
    });
    await expect(read('/dev/zero')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('a device') as string,
    });
  });
});
