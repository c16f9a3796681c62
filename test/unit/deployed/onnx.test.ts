import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import { onnxInputs } from '../../../electron/contract/exports.ts';
import type { DeployedHints, DeployedNetwork } from '../../../electron/engine/deployed/deployed.ts';
import { openOnnx } from '../../../electron/engine/deployed/onnx.ts';
import { readOnnxHeader } from '../../../electron/engine/deployed/onnx/header.ts';
import { float32 } from '../../../electron/engine/export/onnx/precision.ts';
import { onnxFile } from '../../../electron/engine/export/onnx/write.ts';
import { relativeError } from '../../support/backends.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { noisePixels, normalised } from '../../support/pixels.ts';
import { ownLogits, smallNetworks } from '../../support/small-networks.ts';
import { awkwardNames, smallTrained } from '../../support/trained-networks.ts';
import { meansNetwork, type MeansOptions } from './onnx-files.ts';

let folder = '';
beforeAll(async () => {
  await useCpuBackend();
  folder = await mkdtemp(path.join(tmpdir(), 'deployed-onnx-'));
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
async function saved(bytes: Uint8Array): Promise<string> {
  const file = path.join(folder, `${++count}.onnx`);
  await writeFile(file, bytes);
  return file;
}

const softmax = (logits: readonly number[]): number[] => {
  const sum = logits.reduce((total, one) => total + Math.exp(one), 0);
  return logits.map((one) => Math.exp(one) / sum);
};

async function using<T>(
  network: DeployedNetwork,
  work: (network: DeployedNetwork) => Promise<T>,
): Promise<T> {
  try {
    return await work(network);
  } finally {
    await network.dispose();
  }
}

const thrownBy = async (work: Promise<unknown>): Promise<DistillError> => {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(DistillError);
  return thrown as DistillError;
};

describe('a file of this program', () => {
  test.each(onnxInputs)('that is fed %s gives the probabilities of its network', async (input) => {
    const { model, network } = smallTrained(smallNetworks[6]!);
    const pixels = noisePixels(3, 32);
    const logits = ownLogits(model, normalised(pixels, network.image), 32);
    const expected = [0, 1, 2].flatMap((i) => softmax([...logits.slice(5 * i, 5 * i + 5)]));
    const file = await saved(onnxFile(network, { input, precision: float32 }));
    await using(await openOnnx(file), async (deployed) => {
      const { mean, std } = network.image;
      expect(deployed.input).toEqual({
        size: 32,
        resize: 'squish',
        values: input === 'image' ? 'pixels' : { mean, std },
        channels: 'RGB',
      });
      expect(deployed.runtime).toMatch(/^onnxruntime-node \d+\.\d+\.\d+$/);
      expect([deployed.classes, deployed.outputs]).toEqual([awkwardNames, 5]);
      expect(relativeError(await deployed.probabilities(pixels, 3), expected)).toBeLessThan(1e-5);
      const shared = new Uint8Array(new SharedArrayBuffer(pixels.length));
      shared.set(pixels);
      expect(relativeError(await deployed.probabilities(shared, 3), expected)).toBeLessThan(1e-5);
    });
    model.dispose();
  });
});

/** Two images of one colour each. */
const colours = [
  [255, 0, 51],
  [0, 102, 255],
];
const coloured = Uint8Array.from(
  colours.flatMap((colour) => Array.from({ length: 16 }, () => colour).flat()),
);
const unit = colours.map((colour) => colour.map((value) => value / 255));

describe('a file of another program', () => {
  const cases: [string, MeansOptions, DeployedHints, number[][]][] = [
    ['NCHW, values given', {}, { values: 'unit' }, unit],
    [
      'NHWC, statistics given',
      { input: { dims: ['n', 4, 4, 3] }, layout: 'NHWC' },
      { values: { mean: [0.5, 0.25, 0], std: [0.5, 0.25, 1] } },
      unit.map(([r, g, b]) => [(r! - 0.5) / 0.5, (g! - 0.25) / 0.25, b!]),
    ],
    ['BGR, given', {}, { values: 'unit', channels: 'BGR' }, unit.map((one) => one.toReversed())],
    [
      'BGR with 0 to 1, by its metadata',
      { metadata: { 'Image.BitmapPixelFormat': 'Bgr8', 'Image.NominalPixelRange': 'Normalized_0_1' } },
      {},
      unit.map((one) => one.toReversed()),
    ],
    [
      '-1 to 1, by its metadata',
      { metadata: { 'Image.NominalPixelRange': 'Normalized_1_1' } },
      {},
      unit.map((one) => one.map((value) => 2 * value - 1)),
    ],
    ['one image in every call', { input: { dims: [1, 3, 4, 4] } }, { values: 'unit' }, unit],
    ['four images in every call', { input: { dims: [4, 3, 4, 4] } }, { values: 'unit' }, unit],
    ['sides left open', { input: { dims: ['n', 3, 'h', 'w'] } }, { values: 'unit', size: 4 }, unit],
    ['float16', { input: { type: 'float16' } }, { values: 'unit' }, unit],
  ];
  test.each(cases)('%s', async (_, options, hints, logits) => {
    await using(await openOnnx(await saved(meansNetwork(options)), hints), async (network) => {
      const tolerance = options.input?.type === 'float16' ? 1e-3 : 1e-6;
      const probabilities = await network.probabilities(coloured, 2);
      expect(relativeError(probabilities, logits.flatMap(softmax))).toBeLessThan(tolerance);
      expect(network.classes).toBeNull();
      expect(network.input.resize).toBeNull();
    });
  });

  test.each([
    ['NCHW', ['n', 3, 4, 4]],
    ['NHWC', ['n', 4, 4, 3]],
  ] as const)('bytes, %s: nothing has to be given', async (layout, dims) => {
    const file = await saved(meansNetwork({ layout, input: { type: 'uint8', dims }, after: ['Softmax'] }));
    await using(await openOnnx(file, { classes: ['a', 'b', 'c'] }), async (network) => {
      expect(network.classes).toEqual(['a', 'b', 'c']);
      const expected = colours.flatMap(softmax);
      expect(relativeError(await network.probabilities(coloured, 2), expected)).toBeLessThan(1e-6);
    });
  });

  test.each([
    ['softmax', ['Softmax']],
    ['softmax, in another shape', ['Softmax', 'Identity', 'Flatten']],
    ['log softmax', ['LogSoftmax']],
    ['log softmax, passed on', ['LogSoftmax', 'Identity']],
  ])('that ends with %s', async (_, after) => {
    await using(await openOnnx(await saved(meansNetwork({ after })), { values: 'unit' }), async (network) => {
      const probabilities = await network.probabilities(coloured, 2);
      expect(relativeError(probabilities, unit.flatMap(softmax))).toBeLessThan(1e-6);
    });
  });

  test('with features beside a softmax', async () => {
    const file = await saved(meansNetwork({ after: ['Softmax'], outputs: ['y0', 'y1'] }));
    await using(await openOnnx(file, { values: 'unit' }), async (network) => {
      const probabilities = await network.probabilities(coloured, 2);
      expect(relativeError(probabilities, unit.flatMap(softmax))).toBeLessThan(1e-6);
    });
  });

  const given = { values: 'unit' } as const;
  const refused: [string, MeansOptions, DeployedHints, string, RegExp][] = [
    ['floats of which nothing is said', {}, {}, 'INVALID_INPUT', /pixel values/],
    [
      'sides of which nothing is said',
      { input: { dims: ['n', 3, 'h', 'w'] } },
      given,
      'INVALID_INPUT',
      /size/,
    ],
    [
      'bytes that are to be scaled',
      { input: { type: 'uint8' } },
      { values: 'unit' },
      'INVALID_INPUT',
      /0 to 255/,
    ],
    ['grey images', { input: { dims: ['n', 1, 4, 4] } }, given, 'UNSUPPORTED_FORMAT', /\[n, 1, 4, 4\]/],
    ['images that are not square', { input: { dims: ['n', 3, 4, 6] } }, given, 'UNSUPPORTED_FORMAT', /6 x 4/],
    [
      'a billion images in every call',
      { input: { dims: [1e9, 3, 4, 4] } },
      given,
      'UNSUPPORTED_FORMAT',
      /1000000000 images/,
    ],
    ['a map of outputs', { outputs: ['floats'] }, given, 'UNSUPPORTED_FORMAT', /\[1, 3, 4, 4\]/],
    ['independent outputs', { after: ['Sigmoid'] }, given, 'UNSUPPORTED_FORMAT', /independent/],
    ['two outputs alike', { after: ['Relu'], outputs: ['y0', 'y1'] }, given, 'UNSUPPORTED_FORMAT', /y0, y1/],
    ['an unknown operator', { after: ['Frobnicate'] }, given, 'UNSUPPORTED_FORMAT', /Frobnicate/],
  ];
  test.each(refused)('with %s is refused', async (_, options, hints, code, message) => {
    const error = await thrownBy(openOnnx(await saved(meansNetwork(options)), hints));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.hint).not.toBe('');
  });
});

describe('what is no whole file', () => {
  test('is refused wherever it is cut, and so is nonsense', async () => {
    const whole = meansNetwork({
      after: ['Softmax'],
      metadata: { 'Image.NominalPixelRange': 'Normalized_0_1' },
    });
    const cuts = Array.from({ length: whole.length }, (_, i) => whole.slice(0, i));
    const nonsense = [
      Uint8Array.of(0x08, 0x08, 0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f),
      Uint8Array.from({ length: 64 }, () => 0xff),
      Uint8Array.of(0x08, 0x08, 0x3a, 0x02, 0x0a, 0x7f),
      new Uint8Array(100),
    ];
    for (const bytes of [...cuts.filter((_, i) => i % 7 === 0), ...nonsense]) {
      const file = await saved(bytes);
      const error = await openOnnx(file).then(
        (network) => network.dispose(),
        (thrown: unknown) => thrown,
      );
      // A cut between two fields of the model loses its metadata or its operators' version.
      expect(error, `${bytes.length} bytes`).toBeInstanceOf(DistillError);
    }
  });

  test('a graph of 600,000 empty nodes', async () => {
    const start = [0x3a, 0x80, 0x9f, 0x49];
    const bytes = Uint8Array.from({ length: 1_200_004 }, (_, i) => start[i] ?? (i % 2 ? 0 : 0x0a));
    const error = await thrownBy(readOnnxHeader(await saved(bytes)));
    expect(error.message).toContain('more than 500000 fields');
  });

  test('texts of 40 MB', async () => {
    const metadata = { a: 'x'.repeat(20_000_000), b: 'x'.repeat(20_000_000) };
    const error = await thrownBy(readOnnxHeader(await saved(meansNetwork({ metadata }))));
    expect(error.message).toMatch(/more than \d+ bytes of text/);
  });

  test('weights are passed over', async () => {
    const file = await saved(meansNetwork({ ballast: 20_000_000, metadata: { key: 'after the weights' } }));
    const before = process.memoryUsage().arrayBuffers;
    const { metadata, producers } = await readOnnxHeader(file);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5_000_000);
    expect(metadata).toEqual({ key: 'after the weights' });
    expect(producers.get('y0')).toEqual({ op: 'Flatten', input: 'pooled' });
  });

  test('what is not there, and a folder', async () => {
    expect((await thrownBy(openOnnx(path.join(folder, 'none.onnx')))).code).toBe('NOT_FOUND');
    expect((await thrownBy(openOnnx(folder))).code).toBe('INVALID_INPUT');
  });
});
