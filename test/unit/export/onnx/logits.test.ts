import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, expect, test } from 'vitest';
import { onnxInputs } from '../../../../electron/contract/exports.ts';
import { float32 } from '../../../../electron/engine/export/onnx/precision.ts';
import { onnxFile } from '../../../../electron/engine/export/onnx/write.ts';
import { relativeError } from '../../../support/backends.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { noisePixels, normalised, planes } from '../../../support/pixels.ts';
import { networkTitle, ownLogits, smallNetworks } from '../../../support/small-networks.ts';
import { softmaxRows } from '../../../support/softmax.ts';
import { smallTrained } from '../../../support/trained-networks.ts';

beforeAll(useCpuBackend);

const size = 32;
const classes = 5;

test.each(smallNetworks.map((recipe) => [networkTitle(recipe), recipe] as const))(
  '%s: the file agrees with the network, for one image and for three, fed pixels or normalised',
  async (_, recipe) => {
    const { model, network } = smallTrained(recipe);
    const pixels = noisePixels(3, size);
    const images = normalised(pixels, network.image);
    const own = ownLogits(model, images, size);
    for (const input of onnxInputs) {
      const session = await InferenceSession.create(onnxFile(network, { input, precision: float32 }));
      expect(session.inputNames).toEqual(['image']);
      expect(session.outputNames).toEqual(['probabilities', 'logits']);
      for (const n of [1, 3]) {
        const length = n * size * size * 3;
        const image =
          input === 'image'
            ? new Tensor('uint8', pixels.slice(0, length), [n, size, size, 3])
            : new Tensor('float32', planes(images.slice(0, length), size), [n, 3, size, size]);
        const { logits, probabilities } = await session.run({ image });
        const expected = own.slice(0, n * classes);
        expect(logits!.dims).toEqual([n, classes]);
        expect(relativeError(logits!.data as Float32Array, expected)).toBeLessThan(1e-5);
        expect(
          relativeError(probabilities!.data as Float32Array, softmaxRows(expected, classes)),
        ).toBeLessThan(1e-5);
      }
      await session.release();
    }
    model.dispose();
  },
);
