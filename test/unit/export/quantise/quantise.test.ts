import { beforeAll, expect, test } from 'vitest';
import { observe, rangesBy } from '../../../../electron/engine/export/quantise/observe.ts';
import { bestCalibration, quantise } from '../../../../electron/engine/export/quantise/quantise.ts';
import type { TrainedNetwork } from '../../../../electron/engine/export/trained-network.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { labelledPixels } from '../../../support/labelled-pixels.ts';
import { noisePixels, normalised } from '../../../support/pixels.ts';
import { rangesOf } from '../../../support/run-graph.ts';
import { ownLogits, smallNetworks } from '../../../support/small-networks.ts';
import { smallTrained } from '../../../support/trained-networks.ts';

beforeAll(useCpuBackend);

const [size, n, classes] = [32, 40, 5];
const pixels = noisePixels(n, size);
const { model, network } = smallTrained(smallNetworks[6]!);

/** The images with what the network itself answers as their labels. */
function ownImages() {
  const logits = ownLogits(model, normalised(pixels, network.image), size);
  const labels = Array.from({ length: n }, (_, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
  return labelledPixels(pixels, size, labels);
}

test('every value is observed as the graph computes it; the range of the image is what pixels can be', async () => {
  const images = labelledPixels(pixels, size, new Int32Array(n));
  const ranges = rangesBy('min-max', await observe(network, images), network);
  const expected = rangesOf(network, normalised(pixels, network.image));
  expect([...ranges.keys()]).toEqual([...expected.keys()]);
  for (const { name } of network.graph.operators) {
    const [range, { min, max }] = [ranges.get(name)!, expected.get(name)!];
    expect(range.min).toBeCloseTo(Math.min(min, 0), 4);
    expect(range.max).toBeCloseTo(Math.max(max, 0), 4);
  }
  const { mean, std } = network.image;
  expect(ranges.get('image')!.min).toBeCloseTo(Math.min(...mean.map((m, c) => -m / std[c]!)), 10);
  expect(ranges.get('image')!.max).toBeCloseTo(Math.max(...mean.map((m, c) => (1 - m) / std[c]!)), 10);
});

test('a network that int8 does not hurt is all in int8, by the calibration that loses least', async () => {
  const images = ownImages();
  const { calibration, float, scores, notes } = await quantise(
    network,
    { images, held: images, notes: ['Known before.'] },
    { maxLoss: 0.2 },
  );
  expect(float).toEqual([]);
  expect(scores.float.accuracy).toBe(1);
  expect(scores.quantised).toEqual(scores[calibration]);
  expect(notes[0]).toBe('Known before.');
  expect(notes).toHaveLength(2);
  expect(notes[1]).toContain(`Calibrated by ${calibration} on ${n} training images.`);
});

/** The same network for float: a channel that is always 0 is read with a weight beside which all others are nothing. */
function spoilt(reader: string, before: string): TrainedNetwork {
  return {
    ...network,
    weights(operator) {
      const folded = network.weights(operator);
      if (operator.name === before) folded.bias[0] = -1e3;
      if (operator.name !== reader) return folded;
      const [height, width, inputs, outputs] = operator.folding.shape as [number, number, number, number];
      for (let at = 0; at < height * width; at++)
        for (let output = 0; output < outputs; output++) folded.weight[at * inputs * outputs + output] = 1e6;
      return folded;
    },
  };
}

test('a layer that int8 would ruin stays in float, alone, and the notes name it', async () => {
  const ruined = 'layer2.0.conv2';
  const broken = spoilt(ruined, 'layer2.0.conv1');
  const images = ownImages();
  const calibration = { images, held: images, notes: [] };
  expect((await quantise(broken, calibration, { maxLoss: 1 })).float).toEqual([]);
  const { float, notes, scores } = await quantise(broken, calibration, { maxLoss: 0.1 });
  expect(scores.float.accuracy - scores['min-max'].accuracy).toBeGreaterThan(0.1);
  expect(float).toEqual([ruined]);
  expect(scores.float.accuracy - scores.quantised.accuracy).toBeLessThanOrEqual(0.1);
  expect(notes.at(-1)).toContain(`${ruined} stays in float`);
});

test('nothing that is not a number is quantised', async () => {
  const broken: TrainedNetwork = {
    ...network,
    weights(operator) {
      const folded = network.weights(operator);
      if (operator.name === 'conv1') folded.weight[0] = NaN;
      return folded;
    },
  };
  const images = ownImages();
  await expect(quantise(broken, { images, held: images, notes: [] }, { maxLoss: 0.1 })).rejects.toMatchObject(
    { code: 'INVALID_INPUT' },
  );
});

test('a quantisation can be cancelled', async () => {
  const images = ownImages();
  const signal = AbortSignal.abort();
  await expect(
    quantise(network, { images, held: images, notes: [] }, { maxLoss: 0.1, signal }),
  ).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('the calibration with the highest accuracy is the best; of those within 0.1 point, that with the least log loss', () => {
  const scores = (accuracy: number, logLoss: number) => ({ accuracy, logLoss });
  expect(
    bestCalibration({
      'min-max': scores(0.9, 0.3),
      percentile: scores(0.9004, 0.31),
      entropy: scores(0.8, 0.1),
    }),
  ).toBe('min-max');
  expect(
    bestCalibration({
      'min-max': scores(0.9, 0.3),
      percentile: scores(0.92, 0.4),
      entropy: scores(0.8, 0.1),
    }),
  ).toBe('percentile');
});
