import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, expect, test } from 'vitest';
import { modelSchema } from '../../../../electron/contract/recipe/model.ts';
import { float16, float32 } from '../../../../electron/engine/export/onnx/precision.ts';
import { onnxFile } from '../../../../electron/engine/export/onnx/write.ts';
import type { TrainedNetwork } from '../../../../electron/engine/export/trained-network.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { decodeOnnx } from '../../../support/onnx-proto.ts';
import { noisePixels } from '../../../support/pixels.ts';
import { networkTitle, smallNetworks } from '../../../support/small-networks.ts';
import { largestDifference } from '../../../support/softmax.ts';
import { smallTrained } from '../../../support/trained-networks.ts';

beforeAll(useCpuBackend);

function halved(network: TrainedNetwork): { bytes: Uint8Array; notes: string[] } {
  const notes: string[] = [];
  return { bytes: onnxFile(network, { input: 'image', precision: float16(notes) }), notes };
}

async function answers(file: Uint8Array, pixels: Uint8Array): Promise<Float32Array> {
  const session = await InferenceSession.create(file);
  const image = new Tensor('uint8', pixels, [pixels.length / 3072, 32, 32, 3]);
  const { probabilities } = await session.run({ image });
  await session.release();
  return probabilities!.data as Float32Array;
}

test.each(smallNetworks.map((recipe) => [networkTitle(recipe), recipe] as const))(
  '%s: with float16 weights the probabilities are nearly the same',
  async (_, recipe) => {
    const { model, network } = smallTrained(recipe);
    const pixels = noisePixels(2, 32);
    const whole = await answers(onnxFile(network, { input: 'image', precision: float32 }), pixels);
    const { bytes, notes } = halved(network);
    const difference = largestDifference(await answers(bytes, pixels), whole);
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(0.01);
    expect(notes).toEqual([]);
    model.dispose();
  },
);

test('the file is half as large', () => {
  const recipe = modelSchema.parse({ architecture: 'resnet18', width: 16, stem: 'small' });
  const { model, network } = smallTrained(recipe);
  const whole = onnxFile(network, { input: 'image', precision: float32 });
  expect(halved(network).bytes.length / whole.length).toBeLessThan(0.51);
  model.dispose();
});

/** A network whose first filter is multiplied by a factor, bias as it was. */
function scaled(factor: number): TrainedNetwork {
  const { model, network } = smallTrained(smallNetworks[6]!);
  model.dispose();
  const first = network.graph.operators[0]!.name;
  const weights: TrainedNetwork['weights'] = (operator) => {
    const { weight, bias } = network.weights(operator);
    return { weight: operator.name === first ? weight.map((one) => one * factor) : weight, bias };
  };
  return { ...network, weights };
}

const float = 1;
const typesOf = (bytes: Uint8Array) =>
  new Map(decodeOnnx(bytes).graph.initializer.map(({ name, dataType }) => [name, dataType]));

test.each([
  ['too large', 1e6, /^conv1 keeps float32 weights: the largest, \d\.\d\de\+\d, is above 65504\.$/],
  ['not a number', NaN, /^conv1 keeps float32 weights: they are not all finite\.$/],
  ['too small', 1e-6, /^conv1 keeps float32 weights: the largest, \d\.\d\de-7, is below 0\.000061\.$/],
])('weights that are %s for float16 stay float32, and a note says so', async (_, factor, note) => {
  const network = scaled(factor);
  const { bytes, notes } = halved(network);
  expect(notes).toEqual([expect.stringMatching(note)]);
  const types = typesOf(bytes);
  expect(types.get('conv1.weight')).toBe(float);
  expect(types.get('layer1.0.conv1.weight.float16')).toBe(10);
  if (Number.isNaN(factor)) return;
  const pixels = noisePixels(1, 32);
  const whole = await answers(onnxFile(network, { input: 'image', precision: float32 }), pixels);
  expect(largestDifference(await answers(bytes, pixels), whole)).toBeLessThan(2e-3);
});
