import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, expect, test } from 'vitest';
import { modelSchema } from '../../../../electron/contract/recipe/model.ts';
import { int8 } from '../../../../electron/engine/export/onnx/int8.ts';
import { float32 } from '../../../../electron/engine/export/onnx/precision.ts';
import { onnxFile } from '../../../../electron/engine/export/onnx/write.ts';
import { activationSteps } from '../../../../electron/engine/export/quantise/activation-steps.ts';
import type { TrainedNetwork } from '../../../../electron/engine/export/trained-network.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { decodeOnnx } from '../../../support/onnx-proto.ts';
import { noisePixels, normalised } from '../../../support/pixels.ts';
import { rangesOf } from '../../../support/run-graph.ts';
import { networkTitle, ownLogits, smallNetworks } from '../../../support/small-networks.ts';
import { smallTrained } from '../../../support/trained-networks.ts';
import { temporaryFolder } from '../../run-folder/support.ts';

beforeAll(useCpuBackend);

const [size, n] = [32, 4];
const pixels = noisePixels(n, size);

function int8File(network: TrainedNetwork, float: string[] = []): Uint8Array {
  const steps = activationSteps(network.graph, rangesOf(network, normalised(pixels, network.image)));
  return onnxFile(network, {
    input: 'image',
    precision: int8(network.graph, { steps, float: new Set(float) }),
  });
}

async function logitsOf(session: InferenceSession): Promise<Float32Array> {
  const { logits } = await session.run({ image: new Tensor('uint8', pixels, [n, size, size, 3]) });
  return logits!.data as Float32Array;
}

/** Root of the mean square, of a difference relative to the values themselves. */
function relativeNoise(values: Float32Array, expected: Float32Array): number {
  const square = (numbers: number[]) => numbers.reduce((sum, value) => sum + value * value, 0);
  const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length;
  return Math.sqrt(
    square(Array.from(values, (value, i) => value - expected[i]!)) /
      square(Array.from(expected, (value) => value - mean)),
  );
}

test.each(smallNetworks.map((recipe) => [networkTitle(recipe), recipe] as const))(
  '%s: ONNX Runtime computes in integers, about what the network computes in float',
  async (_, recipe) => {
    const { model, network } = smallTrained(recipe);
    const optimized = path.join(temporaryFolder(), 'optimized.onnx');
    const session = await InferenceSession.create(int8File(network), {
      optimizedModelFilePath: optimized,
      // It warns that such a file is for this machine alone.
      logSeverityLevel: 3,
    });
    const expected = ownLogits(model, normalised(pixels, network.image), size);
    expect(relativeNoise(await logitsOf(session), expected)).toBeLessThan(0.15);
    await session.release();
    const operators = new Set(decodeOnnx(readFileSync(optimized)).graph.node.map(({ opType }) => opType));
    expect(operators).toContain('QLinearConv');
    // What makes the logits leaves them in float: SqueezeNet's is a pooling.
    const endsWithPool = recipe.architecture === 'squeezenet1_1';
    expect(operators.has('QGemm')).toBe(!endsWithPool);
    expect(operators.has('GlobalAveragePool')).toBe(endsWithPool);
    for (const inFloat of ['Conv', 'FusedConv', 'Gemm', 'Relu', 'Clip'])
      expect(operators).not.toContain(inFloat);
    // Functions of each element are computed in float between integers, and GELU has a sum in it.
    if (recipe.architecture !== 'convnext_tiny') expect(operators).not.toContain('Add');
    model.dispose();
  },
);

test('operators that stay in float have float weights, and with all of them the file computes what the network does', async () => {
  const { model, network } = smallTrained(smallNetworks[6]!);
  const some = decodeOnnx(int8File(network, ['fc'])).graph.initializer;
  expect(some.find(({ name }) => name === 'fc.weight')!.dataType).toBe(1);
  expect(some.find(({ name }) => name === 'conv1.weight.int8')!.dataType).toBe(3);
  const session = await InferenceSession.create(
    int8File(
      network,
      network.graph.operators.map(({ name }) => name),
    ),
  );
  const expected = ownLogits(model, normalised(pixels, network.image), size);
  expect(relativeNoise(await logitsOf(session), expected)).toBeLessThan(1e-5);
  await session.release();
  model.dispose();
});

test("the CPU recipe's student takes less than 0.32 of its float file", () => {
  const recipe = modelSchema.parse({ architecture: 'cifar_resnet8', width: 16, stem: 'small' });
  const { model, network } = smallTrained(recipe);
  const float = onnxFile(network, { input: 'image', precision: float32 });
  expect(int8File(network).length / float.length).toBeLessThan(0.32);
  model.dispose();
});
