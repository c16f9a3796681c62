import { text } from 'node:stream/consumers';
import { beforeAll, expect, test } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { modelSchema } from '../../../../electron/contract/recipe/model.ts';
import { halfBits, halfValue } from '../../../../electron/engine/numbers/float16.ts';
import { floatStyle } from '../../../../electron/engine/export/tflite/float-style.ts';
import { writeTflite } from '../../../../electron/engine/export/tflite/write.ts';
import { decode } from '../../../../electron/engine/flatbuffer/decode.ts';
import { tfliteSchema } from '../../../../electron/engine/flatbuffer/tflite.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { runLiteRt } from '../../../support/litert.ts';
import { noisePixels, normalised } from '../../../support/pixels.ts';
import { networkTitle, ownLogits, smallNetworks } from '../../../support/small-networks.ts';
import { awkwardNames, smallImage, smallTrained } from '../../../support/trained-networks.ts';

beforeAll(useCpuBackend);

const { size } = smallImage;
const n = 2;

const roundToHalf = (value: number): number => halfValue(halfBits(value));

function softmax(logits: Float32Array): number[] {
  const powers = Array.from(logits, Math.exp);
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

test.each(smallNetworks.map((recipe) => [networkTitle(recipe), recipe] as const))(
  '%s: LiteRT computes the same probabilities from the .tflite file',
  async (_, recipe) => {
    const { model, network } = smallTrained(recipe);
    const pixels = noisePixels(n, size);
    const logits = ownLogits(model, normalised(pixels, smallImage), size);
    const classes = network.classes.length;
    const expected = Array.from({ length: n }, (_, i) =>
      softmax(logits.subarray(i * classes, (i + 1) * classes)),
    ).flat();
    const images = Array.from({ length: n }, (_, i) =>
      Float32Array.from(pixels.subarray(i * size * size * 3, (i + 1) * size * size * 3)),
    );
    const whole = await writeTflite(network, floatStyle(false));
    const { outputs } = await runLiteRt(whole.bytes, images);
    expect(outputs).toHaveLength(expected.length);
    outputs.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5));

    // float16 weights: the same as the network whose weights are rounded to float16, at about half the size.
    const half = await writeTflite(network, floatStyle(true));
    const rounded = await writeTflite(
      {
        ...network,
        weights: (operator) => {
          const { weight, bias } = network.weights(operator);
          return { weight: weight.map(roundToHalf), bias: bias.map(roundToHalf) };
        },
      },
      floatStyle(false),
    );
    const [ofHalf, ofRounded] = [await runLiteRt(half.bytes, images), await runLiteRt(rounded.bytes, images)];
    ofHalf.outputs.forEach((value, i) => expect(Math.abs(value - ofRounded.outputs[i]!)).toBeLessThan(2e-4));
    model.dispose();
  },
);

test('weights as float16 make the file half as large; input, output, labels and the oldest runtime are named', async () => {
  const recipe = modelSchema.parse({ architecture: 'cifar_resnet8', width: 16, stem: 'small' });
  const { model, network } = smallTrained(recipe);
  const [whole, half] = [
    await writeTflite(network, floatStyle(false)),
    await writeTflite(network, floatStyle(true)),
  ];
  expect(half.bytes.length / whole.bytes.length).toBeLessThan(0.53);
  const { inputs, model: compiled } = await runLiteRt(whole.bytes, []);
  expect(inputs).toEqual(['image']);
  expect(compiled.getOutputDetails().map(({ name }) => name)).toEqual(['probabilities']);
  expect(Object.keys(compiled.signatures)).toEqual(['serving_default']);
  const { metadata, buffers } = decode(tfliteSchema, whole.bytes);
  const named = metadata!.find(({ name }) => name === 'min_runtime_version')!;
  expect(new TextDecoder().decode(buffers![named.buffer]!.data)).toBe('1.6.0\0\0\0\0\0\0\0\0\0\0\0');
  model.dispose();
});

test('a labels.txt lies in the zip behind the model, where the offsets count from the start of the file', async () => {
  const { model, network } = smallTrained(smallNetworks[6]!);
  const { bytes } = await writeTflite(network, floatStyle(false));
  const zip = await fromBufferPromise(Buffer.from(bytes));
  const entries: string[] = [];
  for await (const entry of zip.eachEntry()) {
    entries.push(entry.fileName);
    expect(await text(await zip.openReadStreamPromise(entry))).toBe(`${awkwardNames.join('\n')}\n`);
  }
  expect(entries).toEqual(['labels.txt']);
  model.dispose();
});
