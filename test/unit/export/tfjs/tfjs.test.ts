import { loadGraphModel } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { openTfjs } from '../../../../electron/engine/deployed/tfjs.ts';
import { tfjsFiles } from '../../../../electron/engine/export/tfjs/files.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { writeFolder } from '../../../support/folder-files.ts';
import { noisePixels, normalised } from '../../../support/pixels.ts';
import { networkTitle, ownLogits, smallNetworks } from '../../../support/small-networks.ts';
import { largestDifference, softmaxRows } from '../../../support/softmax.ts';
import { awkwardNames, smallImage, smallTrained } from '../../../support/trained-networks.ts';
import { temporaryFolder } from '../../run-folder/support.ts';

beforeAll(useCpuBackend);

const { size } = smallImage;
const classes = awkwardNames.length;
const titled = smallNetworks.map((recipe) => [networkTitle(recipe), recipe] as const);

test.each(titled)('%s: tfjs computes its probabilities from pixels', async (_, recipe) => {
  const { model, network } = smallTrained(recipe);
  const folder = temporaryFolder();
  writeFolder(folder, tfjsFiles(network));
  const pixels = noisePixels(2, size);
  const logits = ownLogits(model, normalised(pixels, smallImage), size);
  const expected = softmaxRows(logits, classes);
  expect(Math.max(...expected)).toBeLessThan(0.9999);
  const deployed = await openTfjs(folder);
  expect(deployed).toMatchObject({ classes: awkwardNames, outputs: classes });
  expect(deployed.input).toEqual({ size, resize: 'squish', values: 'pixels', channels: 'RGB' });
  expect(largestDifference(await deployed.probabilities(pixels, 2), expected)).toBeLessThan(1e-5);
  await deployed.dispose();
  model.dispose();
});

test('its user loads it as usual, feeds it int32 as from a canvas, and has its class names', async () => {
  const { model, network } = smallTrained(smallNetworks[6]!);
  const files = tfjsFiles(network);
  const folder = temporaryFolder();
  writeFolder(folder, files);
  const json = JSON.parse(files['model.json'] as string) as tf.io.ModelJSON;
  const paths = json.weightsManifest.flatMap((group) => group.paths);
  const bytes = Buffer.concat(paths.map((name) => files[name] as Uint8Array));
  const graph = await loadGraphModel(
    tf.io.fromMemory({
      ...json,
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
      weightData: Uint8Array.from(bytes).buffer,
    }),
  );
  const pixels = noisePixels(1, size);
  const image = tf.tensor4d(pixels, [1, size, size, 3], 'int32');
  const [probabilities, logits] = graph.predict(image) as Tensor[];
  const own = ownLogits(model, normalised(pixels, smallImage), size);
  const scale = Math.max(1, ...own.map(Math.abs));
  expect(largestDifference(logits!.dataSync(), own) / scale).toBeLessThan(1e-5);
  expect(largestDifference(probabilities!.dataSync(), softmaxRows(own, classes))).toBeLessThan(1e-5);
  const named = graph.execute({ image }, 'probabilities') as Tensor;
  expect(named.shape).toEqual([1, classes]);
  expect(graph.metadata).toMatchObject({ classes: awkwardNames, image: { size, resize: 'squish' } });
  graph.dispose();
  model.dispose();
});

test('weights lie in shards of 4 MiB', () => {
  const { model, network } = smallTrained({ ...smallNetworks[0]!, width: 32 });
  const files = tfjsFiles(network);
  const shards = Object.keys(files).filter((name) => name.endsWith('.bin'));
  const sizes = shards.map((name) => (files[name] as Uint8Array).length);
  expect(shards.length).toBeGreaterThan(1);
  expect(shards[0]).toBe(`group1-shard1of${shards.length}.bin`);
  expect(sizes.slice(0, -1).every((bytes) => bytes === 4 * 1024 * 1024)).toBe(true);
  // Folding leaves each convolution's weights and a bias; 4 bytes a number.
  const numbers = model.parameters
    .filter(({ kind }) => kind === 'conv' || kind === 'linear')
    .reduce((sum, { variable }) => sum + variable.size, 0);
  const total = sizes.reduce((a, b) => a + b, 0);
  expect(total).toBeGreaterThan(4 * numbers);
  expect(total).toBeLessThan(4.1 * numbers);
  model.dispose();
});
