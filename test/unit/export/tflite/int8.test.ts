import { modelSchema } from '../../../../electron/contract/recipe/model.ts';
import { beforeAll, expect, test } from 'vitest';
import { int8Style } from '../../../../electron/engine/export/tflite/int8-style.ts';
import { writeTflite } from '../../../../electron/engine/export/tflite/write.ts';
import { softmax } from '../../../../electron/engine/evaluate/predictions.ts';
import { decode } from '../../../../electron/engine/flatbuffer/decode.ts';
import {
  builtinOperators,
  tensorTypes,
  type TfliteRead,
  tfliteSchema,
} from '../../../../electron/engine/flatbuffer/tflite.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { runLiteRt } from '../../../support/litert.ts';
import { noisePixels, normalised } from '../../../support/pixels.ts';
import { rangesOf } from '../../../support/run-graph.ts';
import { integerNetworks, networkTitle, ownLogits, smallNetworks } from '../../../support/small-networks.ts';
import { smallImage, smallTrained } from '../../../support/trained-networks.ts';

beforeAll(useCpuBackend);

type Tensor = TfliteRead<'Tensor'>;

const { size } = smallImage;
const n = 4;

test.each(integerNetworks.map((recipe) => [networkTitle(recipe), recipe] as const))(
  '%s: LiteRT computes nearly the same probabilities from the int8 file',
  async (_, recipe) => {
    const { model, network } = smallTrained(recipe);
    const pixels = noisePixels(n, size);
    const values = normalised(pixels, smallImage);
    const classes = network.classes.length;
    const expected = softmax(ownLogits(model, values, size), classes);
    const ranges = rangesOf(network, values);
    const images = Array.from({ length: n }, (_, i) =>
      pixels.slice(i * size * size * 3, (i + 1) * size * size * 3),
    );
    const { bytes } = await writeTflite(network, int8Style(network.graph, ranges, 'uint8'));
    const { outputs } = await runLiteRt(bytes, images);
    const differences = outputs.map((step, i) => Math.abs(step / 256 - expected[i]!));
    // Untrained networks of 34 and 50 layers have little but noise left at their end, which int8 moves.
    expect(differences.reduce((a, b) => a + b) / differences.length).toBeLessThan(0.03);
    for (let i = 0; i < n; i++) {
      const [own, theirs] = [expected, outputs].map((all) => [...all.slice(i * classes, (i + 1) * classes)]);
      const [first, second] = own!.toSorted((a, b) => b - a) as [number, number];
      if (first - second > 0.1) expect(theirs!.indexOf(Math.max(...theirs!))).toBe(own!.indexOf(first));
    }
    model.dispose();
  },
);

test('every tensor between input and output is int8, weights with a zero point of 0 and a scale an output channel', async () => {
  const { model, network } = smallTrained(smallNetworks[1]!);
  const values = normalised(noisePixels(2, size), smallImage);
  const style = int8Style(network.graph, rangesOf(network, values), 'int8');
  const { subgraphs, operator_codes } = decode(tfliteSchema, (await writeTflite(network, style)).bytes);
  const [{ tensors, operators, inputs, outputs }] = subgraphs as [NonNullable<typeof subgraphs>[number]];
  expect(tensors![inputs![0]!]!.type).toBe(tensorTypes.INT8);
  expect(tensors![outputs![0]!]!.type).toBe(tensorTypes.INT8);
  let filters = 0;
  for (const { inputs: from, opcode_index } of operators!) {
    const { builtin_code } = operator_codes![opcode_index]!;
    if (builtin_code !== builtinOperators.CONV_2D && builtin_code !== builtinOperators.DEPTHWISE_CONV_2D)
      continue;
    filters++;
    const [input, weight, bias] = from!.map((index) => tensors![index]!) as [Tensor, Tensor, Tensor];
    expect([input.type, weight.type, bias.type]).toEqual([
      tensorTypes.INT8,
      tensorTypes.INT8,
      tensorTypes.INT32,
    ]);
    const { scale, zero_point, quantized_dimension } = weight.quantization!;
    expect(scale).toHaveLength(weight.shape![quantized_dimension]!);
    expect(zero_point!.every((point) => point === 0)).toBe(true);
    bias.quantization!.scale!.forEach((product, i) =>
      expect(product / (input.quantization!.scale![0]! * scale![i]!)).toBeCloseTo(1, 6),
    );
  }
  expect(filters).toBeGreaterThan(20);
  model.dispose();
});

test('a network with layer norms is refused, by the name of one', () => {
  const { model, network } = smallTrained(modelSchema.parse({ architecture: 'convnext_tiny', width: 4 }));
  model.dispose();
  expect(() => int8Style(network.graph, new Map(), 'int8')).toThrow(
    expect.objectContaining({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringContaining('"features.0.1"') as string,
    }) as Error,
  );
});
