import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import { openTflite } from '../../../electron/engine/deployed/tflite.ts';
import { softmax } from '../../../electron/engine/evaluate/predictions.ts';
import { floatStyle } from '../../../electron/engine/export/tflite/float-style.ts';
import { int8Style } from '../../../electron/engine/export/tflite/int8-style.ts';
import { writeTflite } from '../../../electron/engine/export/tflite/write.ts';
import { encode } from '../../../electron/engine/flatbuffer/encode.ts';
import { tfliteSchema } from '../../../electron/engine/flatbuffer/tflite.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { runLiteRt } from '../../support/litert.ts';
import { noisePixels, normalised } from '../../support/pixels.ts';
import { pythonWith, runPython } from '../../support/python.ts';
import { rangesOf } from '../../support/run-graph.ts';
import { networkTitle, ownLogits, integerNetworks, smallNetworks } from '../../support/small-networks.ts';
import { awkwardNames, smallImage, smallTrained } from '../../support/trained-networks.ts';

beforeAll(useCpuBackend);

const folder = mkdtempSync(path.join(tmpdir(), 'tflite-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { size } = smallImage;
const n = 4;
const pixels = noisePixels(n, size);
const values = normalised(pixels, smallImage);

/** A file in the test's folder. */
function save(name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

async function probabilities(file: string): Promise<Float32Array> {
  const network = await openTflite(file, {});
  const result = await network.probabilities(pixels, n);
  await network.dispose();
  return result;
}

const differences = (a: ArrayLike<number>, b: ArrayLike<number>): number[] =>
  Array.from(a, (value, i) => Math.abs(value - b[i]!));

const cases = smallNetworks.map((recipe, index) => [networkTitle(recipe), recipe, index] as const);

test.each(cases)('%s: a float file gives the probabilities of the network', async (_, recipe, index) => {
  const { model, network } = smallTrained(recipe);
  const expected = softmax(ownLogits(model, values, size), awkwardNames.length);
  const whole = save(`${index}.tflite`, (await writeTflite(network, floatStyle(false))).bytes);
  for (const difference of differences(await probabilities(whole), expected))
    expect(difference).toBeLessThan(1e-5);
  const half = await writeTflite(network, floatStyle(true));
  const halfFile = save(`${index}-fp16.tflite`, half.bytes);
  const images = Array.from({ length: n }, (_, i) =>
    Float32Array.from(pixels.subarray(i * size * size * 3, (i + 1) * size * size * 3)),
  );
  const { outputs } = await runLiteRt(half.bytes, images);
  for (const difference of differences(await probabilities(halfFile), outputs))
    expect(difference).toBeLessThan(2e-4);
  model.dispose();
  if (!integerNetworks.includes(recipe)) return;
  const style = int8Style(network.graph, rangesOf(network, values), index % 2 === 0 ? 'uint8' : 'int8');
  save(`${index}-int8.tflite`, (await writeTflite(network, style)).bytes);
});

const python = pythonWith('tensorflow');
const approximate = ['mobilenet_v3_small', 'efficientnet_b0'];

test.skipIf(python === null)(
  "TensorFlow's reference kernels give the same: float within 1e-5, int8 exactly (skipped where there is no tensorflow)",
  async () => {
    // The files of the tests before.
    const fileOf = (index: number, ending: string) => path.join(folder, `${index}${ending}.tflite`);
    const files = [
      ...cases.map(([, , index]) => fileOf(index, '')),
      ...integerNetworks.map((recipe) => fileOf(smallNetworks.indexOf(recipe), '-int8')),
    ];
    const script = path.join(import.meta.dirname, '../../support/tensorflow_lite.py');
    const images = save('pixels.bin', pixels);
    const theirs = JSON.parse(await runPython(python!, script, [images, ...files])) as number[][][];
    expect(theirs).toHaveLength(files.length);
    for (const [index, [title]] of cases.entries()) {
      const float = theirs[index]!.flat();
      for (const difference of differences(await probabilities(files[index]!), float))
        expect(difference, title).toBeLessThan(1e-5);
    }
    for (const [index, recipe] of integerNetworks.entries()) {
      const zero = smallNetworks.indexOf(recipe) % 2 === 0 ? 0 : -128;
      const steps = await probabilities(files[cases.length + index]!);
      const stored = Array.from(steps, (value) => value * 256 + zero);
      const expected = theirs[cases.length + index]!.flat();
      // Functions of each element and products of two values are rounded from float32 here.
      const isExact = !approximate.includes(recipe.architecture);
      if (isExact) expect(stored, networkTitle(recipe)).toEqual(expected);
      for (const difference of differences(stored, expected))
        expect(difference, networkTitle(recipe)).toBeLessThanOrEqual(1);
    }
  },
  120_000,
);

test('an int8 network of a few layers: LiteRT, which rounds once, agrees to a step', async () => {
  const { model, network } = smallTrained(smallNetworks[6]!);
  const style = int8Style(network.graph, rangesOf(network, values), 'uint8');
  const { bytes } = await writeTflite(network, style);
  const images = Array.from({ length: n }, (_, i) =>
    pixels.slice(i * size * size * 3, (i + 1) * size * size * 3),
  );
  const { outputs } = await runLiteRt(bytes, images);
  const ours = Array.from(await probabilities(save('int8.tflite', bytes)), (value) => value * 256);
  for (const difference of differences(ours, outputs)) expect(difference).toBeLessThanOrEqual(1);
  model.dispose();
});

test('a file states its classes, its size and how images are made square; hints take precedence', async () => {
  const { model, network } = smallTrained(smallNetworks[6]!, { ...smallImage, resize: 'crop' });
  const file = save('own.tflite', (await writeTflite(network, floatStyle(false))).bytes);
  const read = await openTflite(file, {});
  expect(read.classes).toEqual(awkwardNames);
  expect(read.outputs).toBe(awkwardNames.length);
  expect(read.input).toEqual({ size, resize: 'crop', values: 'pixels', channels: 'RGB' });
  const swapped = await openTflite(file, { channels: 'BGR', classes: ['a', 'b', 'c', 'd', 'e'] });
  expect(swapped.classes).toEqual(['a', 'b', 'c', 'd', 'e']);
  const red = Uint8Array.from({ length: size * size * 3 }, (_, i) => (i % 3 === 0 ? 255 : 0));
  const blue = red.toReversed();
  expect(await swapped.probabilities(red, 1)).toEqual(await read.probabilities(blue, 1));
  for (const one of [read, swapped]) await one.dispose();
  model.dispose();
});

const averaging = (options: { code: number; input?: number[]; type?: number }) =>
  encode(tfliteSchema, {
    version: 3,
    operator_codes: [{ deprecated_builtin_code: options.code, builtin_code: options.code }],
    buffers: [{}, { data: new Uint8Array(Int32Array.of(1, 2).buffer) }],
    subgraphs: [
      {
        tensors: [
          { name: 'in', shape: options.input ?? [1, 8, 8, 3], type: options.type ?? 0 },
          { name: 'axes', shape: [2], type: 2, buffer: 1 },
          { name: 'out', shape: [1, 3], type: 0 },
        ],
        inputs: [0],
        outputs: [2],
        operators: [{ opcode_index: 0, inputs: [0, 1], outputs: [2] }],
      },
    ],
  });

test('a file from elsewhere: what it is fed must be given; logits become probabilities', async () => {
  const file = save('mean.tflite', averaging({ code: 40 }));
  await expect(openTflite(file, {})).rejects.toThrow('does not state which pixel values');
  const network = await openTflite(file, { values: 'unit' });
  const image = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => [255, 51, 0][i % 3]!);
  const [red, green, blue] = await network.probabilities(image, 1);
  const sum = Math.exp(1) + Math.exp(0.2) + 1;
  expect(red).toBeCloseTo(Math.exp(1) / sum, 6);
  expect(green).toBeCloseTo(Math.exp(0.2) / sum, 6);
  expect(blue).toBeCloseTo(1 / sum, 6);
  expect(network.classes).toBeNull();
  await network.dispose();
});

test('operators and inputs that are not read here are named', async () => {
  const open = (bytes: Uint8Array) => openTflite(save('other.tflite', bytes), { values: 'unit' });
  await expect(open(averaging({ code: 28 }))).rejects.toThrow('the operator TANH');
  await expect(open(averaging({ code: 120 }))).rejects.toThrow('the operator of number 120');
  await expect(open(averaging({ code: 40, input: [1, 8, 9, 3] }))).rejects.toThrow('not a square RGB image');
  await expect(open(averaging({ code: 40, type: 9 }))).rejects.toThrow('does not have a single scale');
});

test('damaged files give a DistillError, never another error', async () => {
  const { model, network } = smallTrained(smallNetworks[6]!);
  const style = int8Style(network.graph, rangesOf(network, values), 'uint8');
  const { bytes } = await writeTflite(network, style);
  model.dispose();
  const noise = random(1, 'damage');
  for (let round = 0; round < 60; round++) {
    const damaged = round < 10 ? bytes.slice(0, noise.integer(bytes.length)) : bytes.slice();
    for (let hit = 0; hit < 40; hit++) damaged[noise.integer(damaged.length)] = noise.integer(256);
    try {
      await probabilities(save('damaged.tflite', damaged));
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(DistillError);
    }
  }
});
