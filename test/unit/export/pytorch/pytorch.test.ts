import { writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { networkInput } from '../../../../electron/engine/data/network-input.ts';
import { pytorchFiles } from '../../../../electron/engine/export/pytorch/files.ts';
import { trainableSource } from '../../../../electron/engine/export/pytorch/model-source.ts';
import { groupModules } from '../../../../electron/engine/torch-project/parameter-groups.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
} from '../../../../electron/engine/models/weights/safetensors.ts';
import { random } from '../../../../electron/engine/numbers/random.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { writeFolder } from '../../../support/folder-files.ts';
import { pythonWith, runPython } from '../../../support/python.ts';
import { networkTitle, noiseImages, ownLogits, smallNetworks } from '../../../support/small-networks.ts';
import { awkwardNames, smallImage, smallTrained } from '../../../support/trained-networks.ts';
import { temporaryFolder } from '../../run-folder/support.ts';

beforeAll(useCpuBackend);

const titled = smallNetworks.map((recipe) => [networkTitle(recipe), recipe] as const);
const size = smallImage.size;
const text = (content: string | Uint8Array): string => Buffer.from(content).toString('utf8');

test.each(titled)('%s: model.py defines the modules of all tensors, and no others', async (_, recipe) => {
  const { model, network } = smallTrained(recipe);
  const files = await pytorchFiles(network);
  const source = text(files['model.py']!);
  const { tensors } = decodeSafetensors(files['model.safetensors'] as Uint8Array, 'model.safetensors');
  const modulesOf = (name: string) => name.split('.').slice(0, -1);
  const inWeights = new Set([...tensors.keys()].flatMap(modulesOf).filter((module) => !/^\d+$/.test(module)));
  const inSource = [...source.matchAll(/self\.(\w+) = (?!nn\.(?:ReLU|MaxPool2d|Dropout)\b|stride)/g)].map(
    ([, name]) => name!,
  );
  // Of a network that is written out layer by layer.
  const listed = [...source.matchAll(/^ {12}"([\w.]+)": nn\.(Parameter)?/gm)].flatMap(([, name, parameter]) =>
    name!.split('.').slice(0, parameter ? -1 : undefined),
  );
  const named = [...inSource, ...listed].filter((module) => !/^\d+$/.test(module));
  expect(new Set(named)).toEqual(inWeights);
  // A list of modules has as many entries as its names have numbers.
  for (const [, list, entries] of source.matchAll(
    /self\.(layer\d|features) = nn\.Sequential\(\n([^]*?)\n {8}\)/g,
  )) {
    const numbers = [...tensors.keys()]
      .filter((name) => name.startsWith(`${list!}.`))
      .map((name) => Number(name.split('.')[1]));
    expect(entries!.split('\n'), list).toHaveLength(Math.max(...numbers) + 1);
  }
  model.dispose();
});

test('the settings bear the names of Hugging Face', async () => {
  const { model, network } = smallTrained(smallNetworks[0]!);
  const files = await pytorchFiles(network);
  const config = JSON.parse(text(files['config.json']!)) as Record<string, unknown>;
  expect(config).toMatchObject({
    architectures: ['ResNet18'],
    num_labels: 5,
    image_size: 32,
    id2label: { 1: 'Zone "30"', 3: '7', 4: '__proto__' },
  });
  expect(Object.entries(config['label2id'] as object).sort()).toEqual(
    awkwardNames.map((name, id) => [name, id]).sort(),
  );
  expect(JSON.parse(text(files['preprocessor_config.json']!))).toMatchObject({
    do_resize: true,
    size: { height: 32, width: 32 },
    resample: 2,
    rescale_factor: 1 / 255,
    image_mean: smallImage.mean,
    image_std: [0.2, 0.25, 0.3],
    resize_rule: 'squish',
  });
  model.dispose();
});

const python = pythonWith('torch', 'safetensors', 'numpy', 'PIL');

test.skipIf(python === null)(
  `PyTorch loads every network strictly and computes its logits${python === null ? ' (skipped: no Python with torch, safetensors, numpy and PIL; PYTHON names one)' : ''}`,
  { timeout: 240_000 },
  async () => {
    const folder = temporaryFolder();
    const images = noiseImages(2, size);
    const noise = random(4, 'image');
    const pixels = Uint8Array.from({ length: 45 * 61 * 3 }, () => noise.integer(256));
    const png = await sharp(pixels, { raw: { width: 45, height: 61, channels: 3 } })
      .png()
      .toBuffer();
    const folders: string[] = [];
    const rules = ['squish', 'crop', 'pad'] as const;
    const scale: number[] = [];
    const stages: unknown[] = [];
    const groups: unknown[] = [];
    for (const [index, recipe] of smallNetworks.entries()) {
      const image = { ...smallImage, resize: rules[index % 3]! };
      const { model, network } = smallTrained(recipe, image);
      const logits = ownLogits(model, images, size);
      scale.push(Math.max(...logits.map(Math.abs)));
      const target = path.join(folder, String(index));
      writeFolder(target, await pytorchFiles(network));
      writeFileSync(
        path.join(target, 'trainable.py'),
        await trainableSource(network, groupModules(model.parameters)),
      );
      stages.push(model.stages(size).map(({ name, outputShape: [h, w, c] }) => [name, [2, c, h, w]]));
      groups.push(Object.fromEntries(model.parameters.map(({ name, group }) => [name, group])));
      writeFileSync(path.join(target, 'image.png'), png);
      const expected = encodeSafetensors(
        new Map([
          ['images', { shape: [2, size, size, 3], data: images }],
          ['logits', { shape: [2, awkwardNames.length], data: logits }],
          ['prepared', { shape: [size, size, 3], data: await networkInput(png, image) }],
        ]),
      );
      writeFileSync(path.join(target, 'expected.safetensors'), expected);
      folders.push(target);
      model.dispose();
    }
    const script = path.join(import.meta.dirname, 'check.py');
    const checked = JSON.parse(await runPython(python!, script, folders)) as Record<
      string,
      {
        difference: number;
        prepared: number;
        top: [string, number][];
        trainable: { difference: number; stages: unknown; groups: unknown };
      }
    >;
    for (const [index, recipe] of smallNetworks.entries()) {
      const { difference, prepared, top, trainable } = checked[index]!;
      const largest = scale[index]!;
      expect(largest, networkTitle(recipe)).toBeGreaterThan(0.05);
      expect(difference / Math.max(1, largest), networkTitle(recipe)).toBeLessThan(1e-5);
      expect(prepared, networkTitle(recipe)).toBeLessThan(1e-5);
      expect(trainable, networkTitle(recipe)).toEqual({
        difference: 0,
        stages: stages[index],
        groups: groups[index],
      });
      expect(top).toHaveLength(5);
      expect(top.reduce((sum, [, probability]) => sum + probability, 0)).toBeCloseTo(1, 5);
    }
  },
);
