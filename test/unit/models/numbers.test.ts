import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { openStart } from '../../../electron/engine/inputs/given-weights.ts';
import { encodeSafetensors } from '../../../electron/engine/models/weights/safetensors.ts';
import { layersOf, tensorShapes } from '../../../electron/engine/models/weights/shapes.ts';
import { sizeOf } from '../../../electron/engine/models/weights/tensor-data.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'distill-numbers-'));
});
afterAll(() => rm(folder, { recursive: true }));

const recipe = modelSchema.parse({ architecture: 'cifar_resnet8', width: 4 });

/** Opens a file in which one tensor has one strange number. */
async function open(name: string, value: number) {
  const shapes = tensorShapes(layersOf(recipe, 3));
  const tensors = new Map(
    [...shapes].map(([key, shape]) => [
      `model.${key}`,
      { shape, data: new Float32Array(sizeOf(shape)).fill(1) },
    ]),
  );
  tensors.set('model.extra.num_batches_tracked', { shape: [], data: Float32Array.of(NaN) });
  tensors.get(`model.${name}`)!.data[3] = value;
  const file = path.join(folder, 'weights.safetensors');
  await writeFile(file, encodeSafetensors(tensors));
  return openStart(file, recipe, 3);
}

test.each([
  ['layer1.0.conv1.weight', NaN, 'holds NaN'],
  ['fc.weight', Infinity, 'holds an infinite number'],
  ['bn1.bias', -Infinity, 'holds an infinite number'],
  ['layer3.0.bn2.running_var', -0.5, 'holds -0.5'],
])('%s with %d is refused by its name', async (name, value, fault) => {
  await expect(open(name, value)).rejects.toMatchObject({
    code: 'WEIGHTS_CORRUPT',
    message: expect.stringContaining(`"model.${name}"`) as string,
  });
  await expect(open(name, value)).rejects.toThrow(fault);
});

test('what is finite passes, also a negative mean and a variance of 0', async () => {
  await open('bn1.running_mean', -3);
  await open('bn1.running_var', 0);
});
