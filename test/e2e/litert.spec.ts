import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type * as LiteRt from '@litertjs/core';
import { openTflite } from '../../electron/engine/deployed/tflite.ts';
import { floatStyle } from '../../electron/engine/export/tflite/float-style.ts';
import { int8Style } from '../../electron/engine/export/tflite/int8-style.ts';
import { writeTflite } from '../../electron/engine/export/tflite/write.ts';
import { useCpuBackend } from '../support/cpu-backend.ts';
import { noisePixels, normalised } from '../support/pixels.ts';
import { rangesOf } from '../support/run-graph.ts';
import { networkTitle, ownLogits, smallNetworks } from '../support/small-networks.ts';
import { largestDifference, softmaxRows } from '../support/softmax.ts';
import { awkwardNames, smallImage, smallTrained } from '../support/trained-networks.ts';
import { root } from './support/paths.ts';
import { serveFolder } from './support/static-site.ts';

const { size } = smallImage;
const n = 2;

/** Put there by the page. */
declare const litert: typeof LiteRt;

const pageWithRuntime = `<!doctype html><body>
<script type="importmap">{ "imports": { "@litertjs/wasm-utils": "./wasm-utils.js" } }</script>
<script type="module">
import * as litert from './litert.js';
await litert.loadLiteRt('./wasm/');
globalThis.litert = litert;
</script>`;

test('a .tflite file of every family gives its probabilities by LiteRT in a browser', async ({ page }) => {
  await useCpuBackend();
  const folder = mkdtempSync(path.join(tmpdir(), 'distill-e2e-litert-'));
  const { origin, close } = await serveFolder(folder);
  try {
    const packages = path.join(root, 'node_modules/@litertjs');
    copyFileSync(path.join(packages, 'core/dist/index.js'), path.join(folder, 'litert.js'));
    copyFileSync(path.join(packages, 'wasm-utils/dist/index.js'), path.join(folder, 'wasm-utils.js'));
    cpSync(path.join(packages, 'core/wasm'), path.join(folder, 'wasm'), { recursive: true });
    writeFileSync(path.join(folder, 'index.html'), pageWithRuntime);
    await page.goto(origin);
    await page.waitForFunction(() => 'litert' in globalThis);
    const pixels = noisePixels(n, size);
    const images = normalised(pixels, smallImage);
    /** Numbers of the output, of the input's type. */
    const outputsOf = (file: string, isFloat: boolean): Promise<number[]> =>
      page.evaluate(
        async ({ file, values, count, isFloat }) => {
          const model = await litert.loadAndCompile(file, { accelerator: 'wasm' });
          const shape = [...model.getInputDetails()[0]!.shape];
          const each = values.length / count;
          const outputs: number[] = [];
          for (let i = 0; i < count; i++) {
            const image = values.slice(i * each, (i + 1) * each);
            const tensor = new litert.Tensor(
              isFloat ? Float32Array.from(image) : Uint8Array.from(image),
              shape,
            );
            const { probabilities } = await model.run({ image: tensor });
            outputs.push(...(await probabilities!.data()));
            probabilities!.delete();
            tensor.delete();
          }
          model.delete();
          return outputs;
        },
        { file, values: [...pixels], count: n, isFloat },
      );
    for (const [index, recipe] of smallNetworks.entries()) {
      const { model, network } = smallTrained(recipe);
      const expected = softmaxRows(ownLogits(model, images, size), awkwardNames.length);
      const name = `${index}.tflite`;
      writeFileSync(path.join(folder, name), (await writeTflite(network, floatStyle(false))).bytes);
      const difference = largestDifference(await outputsOf(name, true), expected);
      expect(difference, networkTitle(recipe)).toBeLessThan(1e-5);
      if (recipe.architecture === 'cifar_resnet8') {
        const style = int8Style(network.graph, rangesOf(network, images), 'uint8');
        const file = path.join(folder, 'int8.tflite');
        writeFileSync(file, (await writeTflite(network, style)).bytes);
        const reference = await openTflite(file, {});
        const steps = Array.from(await reference.probabilities(pixels, n), (value) => value * 256);
        await reference.dispose();
        expect(largestDifference(await outputsOf('int8.tflite', false), steps)).toBeLessThanOrEqual(1);
      }
      model.dispose();
    }
  } finally {
    close();
    rmSync(folder, { recursive: true, force: true });
  }
});
