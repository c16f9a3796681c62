import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modelSchema } from '../../electron/contract/recipe/model.ts';
import { createModel } from '../../electron/engine/models/index.ts';
import type { Model } from '../../electron/engine/models/model.ts';
import { tidyOutputs } from '../../electron/engine/models/model-outputs.ts';
import { applyWeights } from '../../electron/engine/models/weights/apply.ts';
import { readWeights } from '../../electron/engine/models/weights/load.ts';
import { readModelFile, saveModel } from '../../electron/engine/models/weights/save.ts';
import type { TensorMap } from '../../electron/engine/models/weights/tensor-data.ts';
import { useCpuBackend } from '../support/cpu-backend.ts';
import { useNativeBackend } from '../support/native-backend.ts';

const folder = process.env['PARITY_DIR'] ?? path.resolve(import.meta.dirname, '../../../shared/parity');
const there = existsSync(path.join(folder, 'tensors.safetensors'));
if (!there) console.warn(`Skipped: no PyTorch reference values in ${folder} (PARITY_DIR).`);

/** Largest difference as a share of the expected values' largest magnitude. */
function relativeError(actual: ArrayLike<number>, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const error = expected.reduce((largest, value, i) => Math.max(largest, Math.abs(value - actual[i]!)), 0);
  return error / scale;
}

const nhwc = ({ shape, data }: { shape: number[]; data: Float32Array }): Tensor4D =>
  tf.tidy(() => tf.transpose(tf.tensor4d(data, shape as [number, number, number, number]), [0, 2, 3, 1]));

describe.skipIf(!there).each([
  ['onnxruntime', useNativeBackend],
  ['cpu', useCpuBackend],
] as const)('weights and logits as in PyTorch, on %s', (_, useBackend) => {
  let reference: TensorMap;
  let images: Tensor4D;
  const models: Model[] = [];

  beforeAll(async () => {
    await useBackend();
    reference = await readWeights(path.join(folder, 'tensors.safetensors'));
    images = nhwc(reference.get('input_nchw')!);
  });
  afterAll(() => models.forEach((model) => model.dispose()));

  async function load(architecture: 'resnet18' | 'resnet34', file: string): Promise<Model> {
    const model = createModel(modelSchema.parse({ architecture, width: 16 }), 43, 1);
    models.push(model);
    const report = applyWeights(model, await readWeights(path.join(folder, file)));
    expect(report.matched).toHaveLength(model.parameters.length + model.buffers.length);
    return model;
  }

  test.each([
    ['resnet18', 'resnet18_w16.pth', 'student_eval_logits', (i: number) => `student_layer${i}_eval`],
    ['resnet18', 'resnet18_w16_legacy.pth', 'student_eval_logits', (i: number) => `student_layer${i}_eval`],
    ['resnet18', 'resnet18_w16.safetensors', 'student_eval_logits', (i: number) => `student_layer${i}_eval`],
    ['resnet34', 'resnet34_w16_nested.pth', 'teacher_eval_logits', (i: number) => `teacher_layer${i}`],
  ] as const)('%s from %s', async (architecture, file, logitsName, stageName) => {
    const model = await load(architecture, file);
    const { logits, features: stages } = tidyOutputs(() =>
      model.forward(images, { training: false, features: model.stages(64).map(({ name }) => name) }),
    );
    expect(relativeError(logits.dataSync(), reference.get(logitsName)!.data)).toBeLessThan(1e-4);
    expect(Object.keys(stages)).toEqual(['layer1', 'layer2', 'layer3', 'layer4']);
    for (const [i, stage] of Object.values(stages).entries()) {
      const expected = nhwc(reference.get(stageName(i + 1))!);
      expect(stage.shape).toEqual(expected.shape);
      expect(relativeError(stage.dataSync(), expected.dataSync<'float32'>())).toBeLessThan(1e-4);
    }
  });

  test('what is exported has the reference file’s tensors, bit for bit', async () => {
    const model = await load('resnet18', 'resnet18_w16.pth');
    const out = await mkdtemp(path.join(tmpdir(), 'distill-weights-'));
    try {
      const file = path.join(out, 'student.safetensors');
      const classNames = Array.from({ length: 43 }, (_, i) => `sign ${i}`);
      await saveModel(file, model, { classNames });
      const saved = await readModelFile(file);
      expect(saved.classNames).toEqual(classNames);
      expect(saved.recipe).toEqual(model.recipe);

      const theirs = await readFile(path.join(folder, 'resnet18_w16.safetensors'));
      const ours = await readFile(file);
      const header = (bytes: Buffer) => {
        const entries = JSON.parse(bytes.toString('utf8', 8, 8 + bytes.readUInt32LE(0))) as Record<
          string,
          { dtype: string; shape: number[] }
        >;
        return Object.fromEntries(
          Object.entries(entries)
            .filter(([name]) => name !== '__metadata__')
            .map(([name, { dtype, shape }]) => [name, { dtype, shape }]),
        );
      };
      // Names, types and shapes, counters included, are what load_state_dict(strict=True) checks.
      expect(header(ours)).toEqual(header(theirs));

      const original = await readWeights(path.join(folder, 'resnet18_w16.safetensors'));
      for (const [name, { data }] of original) {
        if (name.endsWith('num_batches_tracked')) continue;
        const bits = (values: Float32Array) =>
          Buffer.from(values.buffer, values.byteOffset, values.byteLength);
        expect(bits(saved.weights.get(name)!.data).equals(bits(data)), name).toBe(true);
      }
    } finally {
      await rm(out, { recursive: true });
    }
  });
});
