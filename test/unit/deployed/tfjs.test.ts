import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { openTfjs } from '../../../electron/engine/deployed/tfjs.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { writeFolder } from '../../support/folder-files.ts';
import { temporaryFolder } from '../run-folder/support.ts';

beforeAll(useCpuBackend);

const shape = (...sizes: number[]) => ({ dim: sizes.map((size) => ({ size: String(size) })) });
const node = (name: string, op: string, input: string[] = [], attr: object = {}) => ({
  name,
  op,
  input,
  attr,
});
const float = { type: 'DT_FLOAT' };

/**
 * As somebody else's converter writes it: the mean over a 2 x 2 image, without metadata, without softmax, a batch of 1. Its class 0
 * is red, its class 2 blue.
 */
function foreignModel() {
  return {
    format: 'graph-model',
    modelTopology: {
      node: [
        node('x', 'Placeholder', [], { dtype: float, shape: { shape: shape(1, 2, 2, 3) } }),
        node('axes', 'Const', [], {
          dtype: { type: 'DT_INT32' },
          value: { tensor: { dtype: 'DT_INT32', tensorShape: shape(2) } },
        }),
        node('mean', 'Mean', ['x', 'axes'], { T: float }),
        node('out', 'Identity', ['mean'], { T: float }),
      ],
      versions: { producer: 1 },
    },
    weightsManifest: [
      { paths: ['weights.bin'], weights: [{ name: 'axes', shape: [2], dtype: 'int32' }] },
    ] as { paths: string[]; weights: { name: string; shape: number[]; dtype: string }[] }[],
  };
}
type Model = ReturnType<typeof foreignModel>;

let folder: string;
const write = (change: (model: Model) => void = () => undefined): void => {
  const model = foreignModel();
  change(model);
  writeFolder(folder, {
    'model.json': JSON.stringify(model),
    'weights.bin': new Uint8Array(Int32Array.of(1, 2).buffer),
  });
};
beforeEach(() => {
  folder = temporaryFolder();
  write();
});

const red = [255, 0, 0];
const blue = [0, 0, 255];
const images = (...colours: number[][]) =>
  Uint8Array.from(colours.flatMap((colour) => [...colour, ...colour, ...colour, ...colour]));
const closeTo = (values: number[]) => values.map((value) => expect.closeTo(value, 6) as number);

test('the input of a network made elsewhere is described by its user', async () => {
  await expect(openTfjs(folder)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  const network = await openTfjs(folder, { values: 'unit', classes: ['r', 'g', 'b'] });
  expect(network).toMatchObject({ classes: ['r', 'g', 'b'], outputs: 3, input: { size: 2, resize: null } });
  // Softmax of 1, 0, 0: e / (e + 2).
  const [top, other] = [Math.E / (Math.E + 2), 1 / (Math.E + 2)];
  expect([...(await network.probabilities(images(red, blue), 2))]).toEqual(
    closeTo([top, other, other, other, other, top]),
  );
  await network.dispose();
});

test('channels and statistics that its user gives are used', async () => {
  const network = await openTfjs(folder, {
    channels: 'BGR',
    values: { mean: [0, 0, 1], std: [1, 1, 0.5] },
  });
  // As red, green, blue: 0, 0, (1 - 1) / 0.5 of blue pixels, and 1, 0, -2 of red ones; blue comes first.
  const odds = [-2, 0, 1].map(Math.exp);
  const sum = odds.reduce((a, b) => a + b);
  expect([...(await network.probabilities(images(blue, red), 2))]).toEqual(
    closeTo([1 / 3, 1 / 3, 1 / 3, ...odds.map((one) => one / sum)]),
  );
  await network.dispose();
});

test('a size that the graph leaves open is given by its user', async () => {
  write((model) => (model.modelTopology.node[0]!.attr = { shape: { shape: shape(-1, -1, -1, 3) } }));
  await expect(openTfjs(folder, { values: 'unit' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  const network = await openTfjs(folder, { values: 'unit', size: 2 });
  expect(network.input.size).toBe(2);
  await network.dispose();
});

const hints = { values: 'unit' } as const;

test.each<[string, (model: Model) => void, RegExp]>([
  [
    'a weight outside of its folder',
    (model) => (model.weightsManifest[0]!.paths = ['../weights.bin']),
    /elsewhere/,
  ],
  ['an absolute path', (model) => (model.weightsManifest[0]!.paths = ['/etc/passwd']), /elsewhere/],
  [
    'weights that are not there',
    (model) => (model.weightsManifest[0]!.weights[0]!.shape = [3]),
    /lack 4 bytes/,
  ],
  ['more than its weights', (model) => (model.weightsManifest[0]!.weights[0]!.shape = [1]), /hold more/],
  ['weights without end', (model) => (model.weightsManifest[0]!.weights[0]!.shape = [1e15, 1e15]), /larger/],
  [
    'weights of a negative size',
    (model) => (model.weightsManifest[0]!.weights[0]!.shape = [-1]),
    /not that of a graph/,
  ],
  ['a loop', (model) => (model.modelTopology.node[2]!.op = 'While'), /loops or branches/],
  ['an unknown operation', (model) => (model.modelTopology.node[2]!.op = 'Frobnicate'), /Frobnicate/],
  ['a cycle', (model) => (model.modelTopology.node[2]!.input[0] = 'out'), /TensorFlow.js network/],
  ['two inputs', (model) => model.modelTopology.node.push(node('y', 'Placeholder')), /inputs/],
  [
    'an image that is no square',
    (model) => (model.modelTopology.node[0]!.attr = { shape: { shape: shape(1, 2, 3, 3) } }),
    /inputs/,
  ],
  ['a layers model', (model) => (model.format = 'layers-model'), /layers model/],
])('%s is refused', async (_, change, message) => {
  write(change);
  await expect(openTfjs(folder, hints)).rejects.toMatchObject({
    code: 'UNSUPPORTED_FORMAT',
    message: expect.stringMatching(message) as string,
  });
});

test('files that are cut off or missing are named', async () => {
  const file = path.join(folder, 'model.json');
  const text = readFileSync(file);
  writeFileSync(file, text.subarray(0, text.length / 2));
  await expect(openTfjs(folder, hints)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
  write();
  rmSync(path.join(folder, 'weights.bin'));
  await expect(openTfjs(folder, hints)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
