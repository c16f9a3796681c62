import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imageSchema } from '../../../electron/contract/recipe/image.ts';
import {
  type OnnxClassifier,
  openOnnxClassifier,
} from '../../../electron/engine/deployed/onnx/classifier.ts';
import { listFeatureMaps } from '../../../electron/engine/deployed/onnx/list-maps.ts';
import { openOnnx } from '../../../electron/engine/deployed/onnx.ts';
import { encodeModel } from '../../../electron/engine/backend/onnx/encode.ts';
import { float32 } from '../../../electron/engine/export/onnx/precision.ts';
import { onnxFile } from '../../../electron/engine/export/onnx/write.ts';
import { planes } from '../../../electron/engine/deployed/rows.ts';
import { relativeError } from '../../support/backends.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { noisePixels, normalised } from '../../support/pixels.ts';
import { smallNetworks } from '../../support/small-networks.ts';
import { smallTrained } from '../../support/trained-networks.ts';
import { meansNetwork, type MeansOptions } from './onnx-files.ts';

let folder = '';
beforeAll(async () => {
  await useCpuBackend();
  folder = await mkdtemp(path.join(tmpdir(), 'onnx-classifier-'));
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
async function saved(bytes: Uint8Array): Promise<string> {
  const file = path.join(folder, `${++count}.onnx`);
  await writeFile(file, bytes);
  return file;
}

/** Its logits for normalised images [n, size, size, 3], as a teacher is asked for them. */
function logitsOf(classifier: OnnxClassifier, images: Float32Array, n: number): number[] {
  const { size } = classifier.facts.input;
  const logits = tf.tidy(() =>
    classifier.forward(tf.tensor4d(images, [n, size, size, 3]), { training: false }).logits.dataSync(),
  );
  classifier.dispose();
  return [...logits];
}

const pytorch = path.join(import.meta.dirname, '..', '..', 'support', 'pytorch-onnx');
const imagenet = imageSchema.parse({ size: 12 });
/** The images of `write.py`. */
const pytorchPixels = Uint8Array.from(
  { length: 2 * 12 * 12 * 3 },
  (_, i) => (37 * i + Math.floor(i / 7)) % 256,
);
const values = { mean: imagenet.mean, std: imagenet.std };

describe('a file that PyTorch wrote', () => {
  test.each(['logits', 'probabilities', 'external'])('gives the logits of PyTorch: %s', async (name) => {
    const { logits } = JSON.parse(await readFile(path.join(pytorch, 'expected.json'), 'utf8')) as {
      logits: number[];
    };
    const classifier = await openOnnxClassifier(path.join(pytorch, `${name}.onnx`), { values });
    expect(classifier.facts).toMatchObject({
      layout: 'NCHW',
      outputs: 5,
      gives: name === 'probabilities' ? 'probabilities' : 'logits',
      guessed: [],
      input: { size: 12, channels: 'RGB' },
      // Conv 6x3x3x3 + 6 (the batch norm went into it), conv 8x6x3x3 + 8, linear 5x8 + 5.
      values: 162 + 6 + 432 + 8 + 40 + 5,
      externalFiles: name === 'external' ? ['external.bin'] : [],
    });
    const found = logitsOf(classifier, normalised(pytorchPixels, imagenet), 2);
    // A softmax keeps logits up to a constant of each row: their mean is taken away.
    const centred = (rows: readonly number[]) =>
      rows.map((value, i) => value - rows.slice(i < 5 ? 0 : 5, i < 5 ? 5 : 10).reduce((a, b) => a + b) / 5);
    if (name === 'probabilities') expect(relativeError(centred(found), centred(logits))).toBeLessThan(1e-5);
    else expect(relativeError(found, logits)).toBeLessThan(1e-5);
  });

  test('is refused by name where the file of its weights is missing', async () => {
    const file = path.join(folder, 'external.onnx');
    await copyFile(path.join(pytorch, 'external.onnx'), file);
    await expect(openOnnxClassifier(file, { values })).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringContaining('external.bin') as string,
    });
  });

  test('takes what Hugging Face writes beside it for what the file leaves open', async () => {
    const beside = await mkdtemp(path.join(folder, 'beside-'));
    const file = path.join(beside, 'model.onnx');
    await copyFile(path.join(pytorch, 'logits.onnx'), file);
    await expect(openOnnxClassifier(file)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await writeFile(
      path.join(beside, 'preprocessor_config.json'),
      JSON.stringify({
        do_normalize: true,
        image_mean: [0.5, 0.4, 0.3],
        image_std: [0.2, 0.25, 0.3],
        size: { shortest_edge: 16 },
        crop_size: { height: 12, width: 12 },
        do_center_crop: true,
      }),
    );
    await writeFile(
      path.join(beside, 'config.json'),
      JSON.stringify({ id2label: { 0: 'ape', 1: 'bee', 2: 'cow', 3: 'doe', 4: 'eel' } }),
    );
    const expected = {
      size: 12,
      resize: 'crop',
      values: { mean: [0.5, 0.4, 0.3], std: [0.2, 0.25, 0.3] },
      channels: 'RGB',
    };
    const classifier = await openOnnxClassifier(file);
    expect(classifier.facts).toMatchObject({
      input: expected,
      classNames: ['ape', 'bee', 'cow', 'doe', 'eel'],
    });
    classifier.dispose();
    // An evaluation of the file alone reads the same, and its user counts before the files.
    const alone = await openOnnx(file, { values: 'unit' });
    expect([alone.input, alone.classes?.[4]]).toEqual([{ ...expected, values: 'unit' }, 'eel']);
    await alone.dispose();
  });
});

test("a network of this program gives onnxruntime's own logits, those of some outputs in another order", async () => {
  const { model, network } = smallTrained(smallNetworks[6]!);
  model.dispose();
  const file = await saved(onnxFile(network, { input: 'normalised', precision: float32 }));
  const images = normalised(noisePixels(3, 32), network.image);
  const session = await InferenceSession.create(file);
  const input = session.inputNames[0]!;
  const results = await session.run({ [input]: new Tensor('float32', planes(images, 32), [3, 3, 32, 32]) });
  const own = results['logits']!.data as Float32Array;
  await session.release();
  const all = logitsOf(await openOnnxClassifier(file), images, 3);
  expect(relativeError(all, own)).toBeLessThan(1e-5);
  const some = await openOnnxClassifier(file);
  some.select([4, 1]);
  expect(some.classes).toBe(2);
  expect(logitsOf(some, images, 3)).toEqual([0, 1, 2].flatMap((i) => [all[5 * i + 4], all[5 * i + 1]]));
});

/** Logits are the means of the channels of what the network is fed: of three images of 4 x 4 that are all 51, 102 and 204. */
const flat = new Float32Array(3 * 4 * 4 * 3).map((_, i) => [51, 102, 204][i % 3]! / 255);
const options = (more: MeansOptions): MeansOptions => more;
test.each([
  ['planes first', options({}), { values: 'unit' as const }, [0.2, 0.4, 0.8]],
  ['blue first', options({}), { values: 'unit' as const, channels: 'BGR' as const }, [0.8, 0.4, 0.2]],
  [
    'two images in every call',
    options({ input: { dims: [2, 3, 4, 4] } }),
    { values: 'unit' as const },
    [0.2, 0.4, 0.8],
  ],
  ['half precision', options({ input: { type: 'float16' } }), { values: 'unit' as const }, [0.2, 0.4, 0.8]],
  [
    'an open shape, and the layout stated',
    options({ input: { dims: ['n', 'h', 'w', 'c'] }, layout: 'NHWC' }),
    { values: 'unit' as const, layout: 'NHWC' as const, size: 4 },
    [0.2, 0.4, 0.8],
  ],
  [
    'an open shape that a convolution settles',
    options({ input: { dims: ['n', 'h', 'w', 'c'] }, layout: 'NHWC', isConvolved: true }),
    { values: 'unit' as const, size: 4 },
    [0.2, 0.4, 0.8],
  ],
])('a network that is fed %s', async (_, made, hints, expected) => {
  const classifier = await openOnnxClassifier(await saved(meansNetwork(made)), hints);
  const rows = logitsOf(classifier, flat, 3);
  expect(rows).toHaveLength(9);
  for (const [i, value] of rows.entries()) expect(value).toBeCloseTo(expected[i % 3]!, 3);
});

test('pixels as whole numbers come from images in [0, 1] over a deviation of 1/255', async () => {
  const file = await saved(meansNetwork({ input: { type: 'uint8', dims: ['n', 4, 4, 3] }, layout: 'NHWC' }));
  const rows = logitsOf(
    await openOnnxClassifier(file),
    flat.map((value) => value * 255),
    3,
  );
  expect(rows.slice(0, 3)).toEqual([51, 102, 204]);
});

test('what nothing states is taken from the caller, and named', async () => {
  const file = await saved(meansNetwork({ input: { dims: ['n', 3, 'h', 'w'] } }));
  const otherwise = { size: 4, values };
  const classifier = await openOnnxClassifier(file, {}, otherwise);
  expect(classifier.facts).toMatchObject({ guessed: ['size', 'values'], input: otherwise });
  classifier.dispose();
  await expect(
    openOnnxClassifier(await saved(meansNetwork({ input: { dims: ['n', 'a', 'b', 'c'] } })), {}, otherwise),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT', hint: expect.stringContaining('NHWC') as string });
});

test('a layout in which the network does not run is refused with the one in which it does', async () => {
  const made = meansNetwork({ input: { dims: ['n', 'h', 'w', 'c'] }, layout: 'NHWC', isConvolved: true });
  const file = await saved(made);
  for (const open of [openOnnxClassifier, openOnnx])
    await expect(open(file, { values, size: 4, layout: 'NCHW' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      hint: expect.stringContaining('NHWC') as string,
    });
});

test("operators that are not ONNX's own are refused by name", async () => {
  const file = await saved(
    encodeModel({
      opset: 17,
      name: 'custom',
      nodes: [{ op: 'Blur', inputs: ['x'], outputs: ['y'], attributes: {}, domain: 'acme.vision' }],
      initializers: [],
      inputs: [{ name: 'x', type: 'float32', dims: ['n', 3, 4, 4] }],
      outputs: [{ name: 'y', type: 'float32', dims: null }],
      metadata: {},
    }),
  );
  for (const open of [openOnnxClassifier, openOnnx])
    await expect(open(file, { values })).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringContaining('acme.vision:Blur') as string,
    });
});

describe('what a graph computes on the way', () => {
  const maps = { layer1: 'floats' };

  test.each(['NCHW', 'NHWC'] as const)('is read by name, %s, in calls of two images', async (layout) => {
    const file = path.join(folder, `maps-${layout}.onnx`);
    const dims = layout === 'NCHW' ? [2, 3, 4, 4] : [2, 4, 4, 3];
    const bytes = meansNetwork({ layout, input: { dims } });
    await writeFile(file, bytes);
    const classifier = await openOnnxClassifier(file, { values: 'unit' }, undefined, maps);
    const images = tf.tensor4d(
      Array.from({ length: 3 * 48 }, (_, i) => i),
      [3, 4, 4, 3],
    );
    const { logits, features } = classifier.forward(images, { training: false, features: ['layer1'] });
    // The network's first value is its input; its logits are the means of the channels.
    expect(features['layer1']?.shape).toEqual([3, 4, 4, 3]);
    expect([...features['layer1']!.dataSync()]).toEqual([...images.dataSync()]);
    expect([...logits.dataSync()]).toEqual([...tf.mean(images, [1, 2]).dataSync()]);
    classifier.dispose();
    expect(Buffer.compare(await readFile(file), bytes)).toBe(0);
    expect(await listFeatureMaps(file)).toEqual([
      { tensor: layout === 'NCHW' ? 'floats' : 'planes', shape: [4, 4, 3] },
    ]);
  });

  test('is read where the weights lie in a file beside it', async () => {
    const read = async (name: string) => {
      const file = path.join(pytorch, `${name}.onnx`);
      const [map] = await listFeatureMaps(file);
      const classifier = await openOnnxClassifier(file, { values: 'unit' }, undefined, { last: map!.tensor });
      const { size } = classifier.facts.input;
      const images = tf.tensor4d(
        Array.from({ length: size * size * 3 }, (_, i) => (i % 17) / 17),
        [1, size, size, 3],
      );
      const { features } = classifier.forward(images, { training: false, features: ['last'] });
      classifier.dispose();
      return { map, values: [...features['last']!.dataSync()] };
    };
    expect(await read('external')).toEqual(await read('logits'));
  });

  test('that is not there, or no map, is refused by name', async () => {
    const file = path.join(folder, 'maps.onnx');
    await writeFile(file, meansNetwork());
    const open = (tensor: string) =>
      openOnnxClassifier(file, { values: 'unit', size: 4 }, undefined, { layer1: tensor });
    await expect(open('layer1')).rejects.toMatchObject({
      code: 'RECIPE_INVALID',
      message: expect.stringContaining('no tensor "layer1"') as string,
    });
    await expect(open('y0')).rejects.toMatchObject({
      code: 'RECIPE_INVALID',
      message: expect.stringContaining('[1, 3]') as string,
    });
  });
});
