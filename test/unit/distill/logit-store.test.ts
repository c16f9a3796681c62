import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { logitKey, type LogitIdentity, hashOf } from '../../../electron/engine/distill/logit-identity.ts';
import { LogitStore } from '../../../electron/engine/distill/logit-store.ts';
import { identity, temporaryFolder } from './support.ts';

const answers = Float32Array.from([0, 1, -1, 0.5, 2048, -65504, 2 ** -24, 3, 4, 5, 6, 7]);

async function open(cache: string, augmentSeed = 5, of: LogitIdentity = identity) {
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  return { store: await LogitStore.open({ cache, identity: of, augmentSeed, warn }), warnings };
}

/** The paths of all plain values inside. */
function leaves(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, part]) => leaves(part, [...path, name]));
}

function changed(value: unknown, [name, ...rest]: string[]): unknown {
  if (name === undefined) return typeof value === 'number' ? value + 1 : `${String(value)}!`;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[name] = changed(copy[name], rest);
  return copy;
}

test('the key changes with every part, and not with the order of fields', () => {
  const paths = leaves(identity);
  expect(paths.length).toBeGreaterThan(30);
  const keys = paths.map((path) => logitKey(changed(identity, path) as LogitIdentity));
  keys.push(logitKey(identity), logitKey({ ...identity, augment: null }));
  expect(new Set(keys).size).toBe(paths.length + 2);
  const turned = Object.fromEntries(Object.entries(identity).toReversed()) as unknown as LogitIdentity;
  expect(logitKey(turned)).toBe(logitKey(identity));
});

test('a hash knows where one part ends and the next begins', () => {
  expect(hashOf(['ab', 'c'])).not.toBe(hashOf(['a', 'bc']));
  expect(hashOf([Float32Array.of(0)])).not.toBe(hashOf([Float32Array.of(-0)]));
});

test('gives back what it was given, also to a later process with another seed', async () => {
  const cache = temporaryFolder();
  const { store } = await open(cache);
  expect(await store.read(1)).toBeNull();
  await store.write(1, answers);
  await store.write('validation', answers.subarray(0, 6));
  const later = await open(cache, 77);
  expect(later.store.augmentSeed).toBe(5);
  expect(await later.store.read(1)).toEqual(answers);
  expect(await later.store.read('validation')).toEqual(answers.slice(0, 6));
  expect(await later.store.read(2)).toBeNull();
  expect(later.warnings).toEqual([]);
  const extent = await later.store.extent();
  expect(extent.epochs).toBe(1);
  expect(extent.bytes).toBeGreaterThan(2 * (12 + 6));
  expect(readdirSync(store.folder).toSorted()).toEqual([
    'epoch-0001.safetensors',
    'store.json',
    'validation.safetensors',
  ]);
  expect(JSON.parse(await readFile(path.join(store.folder, 'store.json'), 'utf8'))).toMatchObject({
    identity,
    augmentSeed: 5,
  });
});

test('other logits lie elsewhere', async () => {
  const cache = temporaryFolder();
  const { store } = await open(cache);
  await store.write(1, answers);
  const other = await open(cache, 5, { ...identity, pixels: 'other' });
  expect(other.store.folder).not.toBe(store.folder);
  expect(await other.store.read(1)).toBeNull();
});

const damages: [string, (file: string) => Promise<void>, RegExp][] = [
  ['cut short', (file) => truncate(file, 300), /ends within "logits"/],
  ['emptied', (file) => truncate(file, 0), /0 bytes/],
  [
    'with one bit turned',
    async (file) => {
      const bytes = await readFile(file);
      bytes[bytes.length - 3]! ^= 4;
      await writeFile(file, bytes);
    },
    /its checksum differs/,
  ],
  ["another epoch's", (file) => rename(file.replace('0001', '0002'), file), /its part differs/],
];
test.each(damages)('a file that is %s is reported and not used', async (_, damage, reason) => {
  const { store, warnings } = await open(temporaryFolder());
  await store.write(1, answers);
  await store.write(2, answers);
  const file = path.join(store.folder, 'epoch-0001.safetensors');
  await damage(file);
  expect(await store.read(1)).toBeNull();
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(file);
  expect(warnings[0]).toMatch(reason);
  await store.write(1, answers);
  expect(await store.read(1)).toEqual(answers);
});

test('a damaged description makes a new store, which does not take the old files for its own', async () => {
  const cache = temporaryFolder();
  const { store } = await open(cache);
  await store.write(1, answers);
  await writeFile(path.join(store.folder, 'store.json'), '{');
  const again = await open(cache, 6);
  expect(again.store).toMatchObject({ folder: store.folder, augmentSeed: 6 });
  expect(again.warnings).toEqual([expect.stringContaining('is damaged')]);
  expect(await again.store.read(1)).toBeNull();
  expect(again.warnings[1]).toContain('its augmentSeed differs');
});

test('a folder that cannot be made is an error that names it', async () => {
  const cache = path.join(temporaryFolder(), 'file');
  await writeFile(cache, '');
  await expect(open(cache)).rejects.toMatchObject({ code: 'NOT_FOUND', hint: expect.any(String) as string });
  expect(existsSync(cache)).toBe(true);
});

test('a file that cannot be written is an error, and nothing half is left', async () => {
  const { store } = await open(temporaryFolder());
  await mkdir(path.join(store.folder, 'epoch-0001.safetensors'));
  await expect(store.write(1, answers)).rejects.toHaveProperty('name', 'DistillError');
  expect(readdirSync(store.folder)).toEqual(['epoch-0001.safetensors', 'store.json']);
});

test("where a teacher's store is for other pixels, those of this seed have one beside it", async () => {
  const cache = temporaryFolder();
  const warn = () => undefined;
  expect(await LogitStore.seedOf({ cache, identity })).toBeNull();
  const usual = await LogitStore.openFor({ cache, identity, augmentSeed: 5, warn });
  expect(await LogitStore.seedOf({ cache, identity })).toBe(5);
  expect((await LogitStore.openFor({ cache, identity, augmentSeed: 5, warn })).folder).toBe(usual.folder);
  const other = await LogitStore.openFor({ cache, identity, augmentSeed: 6, warn });
  expect([other.augmentSeed, other.folder === usual.folder]).toEqual([6, false]);
  await other.write(1, new Float32Array(12).fill(2));
  expect(await usual.read(1)).toBeNull();
  expect((await LogitStore.openFor({ cache, identity, augmentSeed: 6, warn })).folder).toBe(other.folder);
  // One teacher alone is answered from its usual store, whatever seed is asked for.
  expect((await LogitStore.open({ cache, identity, augmentSeed: 6, warn })).augmentSeed).toBe(5);
});
