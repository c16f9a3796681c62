import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { removeStaleStages, Staging } from '../../../electron/engine/export/staging.ts';
import { temporaryFolder } from '../run-folder/support.ts';

/** All files below a folder with what is in them. */
const tree = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        return [path.relative(folder, file).replaceAll('\\', '/'), readFileSync(file, 'utf8')];
      }),
  );

function older(): string {
  const out = temporaryFolder();
  mkdirSync(path.join(out, 'web', 'old'), { recursive: true });
  writeFileSync(path.join(out, 'web', 'old', 'shard.bin'), 'old');
  writeFileSync(path.join(out, 'model.onnx'), 'old');
  return out;
}

const items = (out: string) => [
  { path: path.join(out, 'model.onnx'), content: () => Promise.resolve('new') },
  {
    path: path.join(out, 'web'),
    files: { 'index.html': 'page', 'js/run.js': () => Promise.resolve('code') },
  },
];

test('files and folders appear together, a folder in the place of the whole old one', async () => {
  const out = older();
  const before = tree(out);
  const staging = new Staging([out]);
  for (const item of items(out)) {
    const staged = await staging.write(item);
    expect(path.basename(staged)).toBe(path.basename(item.path));
    expect(existsSync(staged)).toBe(true);
  }
  expect(tree(out)).toMatchObject(before);
  await staging.commit();
  await staging.discard();
  expect(tree(out)).toEqual({ 'model.onnx': 'new', 'web/index.html': 'page', 'web/js/run.js': 'code' });
});

test('given up, or stopped by what lies in the way, it leaves what was there', async () => {
  const out = older();
  const before = tree(out);
  const given = new Staging([out]);
  await given.write(items(out)[1]!);
  await given.discard();
  expect(tree(out)).toEqual(before);

  const stopped = new Staging([out]);
  for (const item of items(out)) await stopped.write(item);
  mkdirSync(path.join(out, 'report.html'));
  await stopped.write({ path: path.join(out, 'report.html'), content: 'a page' });
  await expect(stopped.commit()).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await stopped.discard();
  expect(tree(out)).toEqual(before);
});

test('what a killed export left is removed a day later', async () => {
  const out = older();
  const killed = new Staging([out]);
  await killed.write(items(out)[0]!);
  await removeStaleStages(out);
  expect(readdirSync(out)).toHaveLength(3);
  await removeStaleStages(out, Date.now() + 25 * 3_600_000);
  expect(readdirSync(out).sort()).toEqual(['model.onnx', 'web']);
});

test('an abort ends a file that is being made of chunks', async () => {
  const out = older();
  const controller = new AbortController();
  const staging = new Staging([out]);
  async function* chunks() {
    yield await Promise.resolve(Buffer.from('first'));
    controller.abort();
    yield Buffer.from('second');
  }
  const item = { path: path.join(out, 'model.onnx'), content: chunks };
  await expect(staging.write(item, controller.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  await staging.discard();
  expect(readdirSync(out).sort()).toEqual(['model.onnx', 'web']);
});
