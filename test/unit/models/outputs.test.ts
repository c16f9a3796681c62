import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { readClassList } from '../../../electron/engine/inputs/teacher-classes.ts';
import {
  coveredBy,
  keepsOrder,
  outputsFor,
  selectOutputs,
} from '../../../electron/engine/models/weights/outputs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'distill-outputs-'));
});
afterAll(() => rm(folder, { recursive: true }));

test("a teacher's outputs are found by the classes' names", () => {
  // torchvision's ImageFolder sorts folders as text.
  expect(outputsFor(['0', '1', '2', '10', '11'], ['0', '1', '10', '11', '2'])).toEqual([0, 1, 4, 2, 3]);
  expect(outputsFor(['Übergang', 'stop'], ['stop', 'U\u0308bergang'])).toEqual([1, 0]);
  expect(outputsFor(['00014', '00002'], ['2.0', '14'])).toEqual([1, 0]);
  // Ids, of a dataset whose classes have names.
  expect(outputsFor(['stop', 'yield', 'go'], ['2', '0', '1'])).toEqual([1, 2, 0]);
  expect(outputsFor(['b', 'a'], ['a', 'x', 'b'])).toEqual([2, 0]);
});

test('a teacher of some classes has outputs for those; one that knows fewer than two is refused, and what it names twice', () => {
  expect(outputsFor(['a', 'b', 'c'], ['x', 'c', 'a'])).toEqual([2, null, 1]);
  expect(coveredBy([2, null, 1])).toEqual([0, 2]);
  expect(coveredBy([1, 0])).toBeNull();
  expect(() => outputsFor(['a', 'b', 'c'], ['a', 'x', 'y'])).toThrow(/lacks 2 .* 3 classes: "b", "c"/);
  expect(() => outputsFor(['a', 'b'], ['a', 'b', 'a'])).toThrow(/name "a" twice/);
  expect(outputsFor(['constructor', '__proto__'], ['__proto__', 'constructor'])).toEqual([1, 0]);
});

test('rows of the last layer are taken in the order of the outputs, the rest stays', () => {
  const recipe = modelSchema.parse({ architecture: 'cifar_resnet8' });
  const body = { shape: [1], data: Float32Array.of(9) };
  const tensors = new Map([
    ['model.conv1.weight', body],
    ['model.fc.weight', { shape: [3, 2], data: Float32Array.of(0, 1, 10, 11, 20, 21) }],
    ['model.fc.bias', { shape: [3], data: Float32Array.of(0, 1, 2) }],
  ]);
  const selected = selectOutputs(tensors, recipe, (ours) => `model.${ours}`, [2, 0]);
  expect(selected.get('model.fc.weight')).toEqual({ shape: [2, 2], data: Float32Array.of(20, 21, 0, 1) });
  expect(selected.get('model.fc.bias')).toEqual({ shape: [2], data: Float32Array.of(2, 0) });
  expect(selected.get('model.conv1.weight')).toBe(body);
  expect([keepsOrder([0, 1], 2), keepsOrder([0, 1], 3), keepsOrder([1, 0], 2)]).toEqual([true, false, false]);
});

test.each([
  ['lines.txt', '\uFEFFstop\r\n yield \n\n', ['stop', 'yield']],
  ['list.json', '["stop", "yield"]', ['stop', 'yield']],
  ['class_to_idx.json', '{"yield": 1, "stop": 0}', ['stop', 'yield']],
])('a list of classes in %s', async (name, text, names) => {
  const file = path.join(folder, name);
  await writeFile(file, text);
  expect(await readClassList(file)).toEqual(names);
});

test.each([
  ['one.txt', 'stop'],
  ['numbers.json', '[1, 2]'],
  ['holes.json', '{"a": 0, "b": 2}'],
  ['broken.json', '["a",'],
  ['binary.txt', Buffer.from('00ff00', 'hex')],
])('%s is no list of classes', async (name, content) => {
  const file = path.join(folder, name);
  await writeFile(file, content);
  await expect(readClassList(file)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining(name) as string,
  });
});

test('no file', async () => {
  await expect(readClassList(path.join(folder, 'none.txt'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
