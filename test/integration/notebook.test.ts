import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { RecipeInput } from '../../electron/contract/recipe.ts';
import { decodeSafetensors, encodeSafetensors } from '../../electron/engine/models/weights/safetensors.ts';
import { RunFolder } from '../../electron/engine/run-folder/run-folder.ts';
import { readPredictions } from '../../electron/engine/run-folder/stored-predictions.ts';
import { smallRecipe, useSmallRuns } from '../support/small-run.ts';

const runs = useSmallRuns();
const teacher = { architecture: 'resnet34', width: 8, head: 'fastai' } as const;
const student = { architecture: 'resnet18', width: 8 } as const;
const common = {
  data: { image: { size: 32 }, split: { method: 'track-random', fraction: 0.34 }, augment: null },
  baseline: false,
  exports: [],
  evaluation: {},
} satisfies Partial<RecipeInput>;
const stage = (epochs: number, freezeTo = 0) => ({ epochs, freezeTo, learningRate: 0.004 });

const norm = (name: string) =>
  ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'].map((part) => `${name}.${part}`);

/**
 * The state of fastai 2's `create_cnn_model(resnet34, n)`: Sequential(body, head). The body's children are conv1, bn1, relu,
 * maxpool and layer1 to layer4, counted from 0; the head's are AdaptiveConcatPool2d, Flatten, then twice BatchNorm1d, Dropout
 * and Linear (without bias, as a batch norm comes before it), with a ReLU between. https://docs.fast.ai/vision.learner.html
 */
const fastaiState = [
  '0.0.weight',
  ...norm('0.1'),
  ...[3, 4, 6, 3].flatMap((blocks, layer) =>
    Array.from({ length: blocks }, (_, i) => {
      const block = `0.${4 + layer}.${i}`;
      const shortcut = [`${block}.downsample.0.weight`, ...norm(`${block}.downsample.1`)];
      return [
        ...[1, 2].flatMap((n) => [`${block}.conv${n}.weight`, ...norm(`${block}.bn${n}`)]),
        ...(layer > 0 && i === 0 ? shortcut : []),
      ];
    }).flat(),
  ),
  ...norm('1.2'),
  '1.4.weight',
  ...norm('1.6'),
  '1.8.weight',
];

const tensorsOf = async (file: string) => decodeSafetensors(await readFile(file), file).tensors;
const teacherOf = async (folder: string) => {
  const run = await RunFolder.open(folder);
  return {
    tensors: await tensorsOf(run.weightsFile('teacher')),
    answers: (await readPredictions(run)).models.get('teacher')!,
  };
};

test("the notebook's path: a ResNet-34 by fastai's names teaches a ResNet-18 at T = 20 in three stages", async () => {
  // A teacher that knows its classes a little, by our own names.
  const first = await runs.run(
    smallRecipe({
      ...common,
      teacher: { source: 'train', model: teacher, training: { batchSize: 16, stages: [stage(6)] } },
      student: { model: student, training: { stages: [stage(1)] } },
    }),
  );
  expect(first).toMatchObject({ state: 'completed', error: null });
  const { files } = await runs.client.runs.export({
    folder: first.folder,
    formats: ['safetensors'],
    names: 'fastai',
    out: runs.out,
  });
  const exported = files.find((file) => file.endsWith('-teacher-fastai.safetensors'))!;
  const tensors = await tensorsOf(exported);
  expect([...tensors.keys()].sort()).toEqual(fastaiState.toSorted());

  // fastai's own files have nothing of ours beside the tensors.
  const file = path.join(runs.out, 'teacher.safetensors');
  await writeFile(file, encodeSafetensors(tensors));
  const stages = [stage(1, -1), stage(1), stage(1)];
  const second = await runs.run(
    smallRecipe({
      ...common,
      teacher: { source: 'weights', path: file, model: teacher },
      student: { model: student, training: { batchSize: 32, stages } },
      distillation: {
        labels: { weight: 0.3 },
        terms: [{ method: 'soft-target', temperature: 20, weight: 1.4 }],
      },
    }),
  );
  expect(second).toMatchObject({ state: 'completed', error: null });
  // The same network under either name: the same tensors, and the same answers to the bit.
  expect(await teacherOf(second.folder)).toEqual(await teacherOf(first.folder));
});
