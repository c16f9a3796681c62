import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { encodeSafetensors, type StoredTensor } from '../../../electron/engine/models/weights/safetensors.ts';
import {
  findPredictions,
  readPredictions,
  writePredictions,
} from '../../../electron/engine/run-folder/stored-predictions.ts';
import { classNames, idleRun, keys, testPredictions } from '../trained/evaluated-run.ts';

test('predictions come back as they were kept', async () => {
  const run = await idleRun();
  expect(await findPredictions(run)).toBeNull();
  await writePredictions(run, testPredictions());
  expect(await readPredictions(run)).toEqual(testPredictions());
  // Of hashes what tells images apart.
  const hashes = keys.map((_, i) => `${i}`.repeat(64));
  await writePredictions(run, { ...testPredictions(), hashes });
  expect((await readPredictions(run)).hashes).toEqual(hashes.map((hash) => hash.slice(0, 16)));
});

test('the file is what its description says, read by the format alone', async () => {
  const run = await idleRun();
  await writePredictions(run, testPredictions(['teacher', 'student']));
  const bytes = readFileSync(run.path('predictions.safetensors'));
  const start = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  > & { __metadata__: Record<string, string> };
  expect(JSON.parse(header.__metadata__['keys']!)).toEqual(keys);
  expect(JSON.parse(header.__metadata__['classes']!)).toEqual(classNames);
  expect(header['student']).toMatchObject({ dtype: 'F32', shape: [5, 3] });
  expect(header['labels']).toMatchObject({ dtype: 'I64', shape: [5] });
  expect(header['baseline']).toBeUndefined();
  // The student's answer to d.ppm.
  const place = start + header['student']!.data_offsets[0] + 3 * 3 * 4;
  expect([0, 4, 8].map((at) => bytes.readFloatLE(place + at))).toEqual([0.875, 0.125, 0]);
  const labels = start + header['labels']!.data_offsets[0];
  expect([0, 1, 2, 3, 4].map((row) => Number(bytes.readBigInt64LE(labels + 8 * row)))).toEqual([
    0, 0, 1, 1, 2,
  ]);
});

test('another file in the same place is read anew', async () => {
  const run = await idleRun();
  await writePredictions(run, testPredictions(['teacher']));
  expect([...(await readPredictions(run)).models.keys()]).toEqual(['teacher']);
  await writePredictions(run, testPredictions());
  expect([...(await readPredictions(run)).models.keys()]).toEqual(['teacher', 'student', 'baseline']);
});

const tensor = (shape: number[]): StoredTensor => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});
const metadata = { keys: '["a", "b"]', classes: '["x", "y", "z"]' };
const labels = (...values: bigint[]): StoredTensor => ({
  shape: [values.length],
  data: BigInt64Array.from(values),
});

test.each([
  ['no metadata', encodeSafetensors(new Map([['labels', labels(0n, 1n)]]))],
  [
    'keys that are no list',
    encodeSafetensors(new Map([['labels', labels(0n, 1n)]]), { ...metadata, keys: '{}' }),
  ],
  ['no labels', encodeSafetensors(new Map([['student', tensor([2, 3])]]), metadata)],
  [
    'too few rows',
    encodeSafetensors(
      new Map([
        ['labels', labels(0n, 1n)],
        ['student', tensor([1, 3])],
      ]),
      metadata,
    ),
  ],
  [
    'a label that is no class',
    encodeSafetensors(
      new Map([
        ['labels', labels(0n, 3n)],
        ['student', tensor([2, 3])],
      ]),
      metadata,
    ),
  ],
  ['no model', encodeSafetensors(new Map([['labels', labels(0n, 1n)]]), metadata)],
])('a file with %s is refused', async (_, bytes) => {
  const run = await idleRun();
  writeFileSync(run.path('predictions.safetensors'), bytes);
  await expect(readPredictions(run)).rejects.toMatchObject({
    code: 'RUN_CORRUPT',
    message: expect.stringContaining('predictions.safetensors') as string,
    hint: expect.stringContaining('distill-studio evaluate') as string,
  });
});

test('a torn file is refused', async () => {
  const run = await idleRun();
  await writePredictions(run, testPredictions());
  truncateSync(run.path('predictions.safetensors'), 500);
  await expect(findPredictions(run)).rejects.toMatchObject({ code: 'RUN_CORRUPT' });
});
