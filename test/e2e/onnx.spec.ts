import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type * as Ort from 'onnxruntime-web';
import { float16, float32 } from '../../electron/engine/export/onnx/precision.ts';
import { onnxFile } from '../../electron/engine/export/onnx/write.ts';
import { useCpuBackend } from '../support/cpu-backend.ts';
import { noisePixels, normalised } from '../support/pixels.ts';
import { networkTitle, ownLogits, smallNetworks } from '../support/small-networks.ts';
import { largestDifference } from '../support/softmax.ts';
import { smallImage, smallTrained } from '../support/trained-networks.ts';
import { root } from './support/paths.ts';
import { serveFolder } from './support/static-site.ts';

const { size } = smallImage;

/** Put there by the page. */
declare const ort: typeof Ort;

const pageWithRuntime = `<!doctype html><script type="module">
import * as ort from './ort.wasm.min.mjs';
ort.env.wasm.numThreads = 1;
globalThis.ort = ort;
</script>`;

test('an ONNX file of every family gives its logits in a browser', async ({ page }) => {
  await useCpuBackend();
  const folder = mkdtempSync(path.join(tmpdir(), 'distill-e2e-onnx-'));
  const { origin, close } = await serveFolder(folder);
  try {
    for (const name of ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'])
      copyFileSync(path.join(root, 'node_modules/onnxruntime-web/dist', name), path.join(folder, name));
    writeFileSync(path.join(folder, 'index.html'), pageWithRuntime);
    await page.goto(origin);
    await page.waitForFunction(() => 'ort' in globalThis);
    const pixels = noisePixels(2, size);
    for (const [index, recipe] of smallNetworks.entries()) {
      const { model, network } = smallTrained(recipe);
      const logitsOf = async (file: Uint8Array): Promise<number[]> => {
        const name = `${index}.onnx`;
        writeFileSync(path.join(folder, name), file);
        return page.evaluate(
          async ({ name, values, side }) => {
            const session = await ort.InferenceSession.create(name);
            const image = new ort.Tensor('uint8', Uint8Array.from(values), [2, side, side, 3]);
            const { logits } = await session.run({ image });
            await session.release();
            return [...(logits!.data as Float32Array)];
          },
          { name, values: [...pixels], side: size },
        );
      };
      const own = ownLogits(model, normalised(pixels, smallImage), size);
      const greatest = largestDifference(
        own,
        own.map(() => 0),
      );
      const relative = async (file: Uint8Array) => largestDifference(await logitsOf(file), own) / greatest;
      const title = networkTitle(recipe);
      expect(await relative(onnxFile(network, { input: 'image', precision: float32 })), title).toBeLessThan(
        1e-5,
      );
      if (index === 0)
        expect(await relative(onnxFile(network, { input: 'image', precision: float16([]) }))).toBeLessThan(
          0.01,
        );
      model.dispose();
    }
  } finally {
    close();
    rmSync(folder, { recursive: true, force: true });
  }
});
