import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type * as Tf from '@tensorflow/tfjs';
import { tfjsFiles } from '../../electron/engine/export/tfjs/files.ts';
import { useCpuBackend } from '../support/cpu-backend.ts';
import { writeFolder } from '../support/folder-files.ts';
import { noisePixels, normalised } from '../support/pixels.ts';
import { networkTitle, ownLogits, smallNetworks } from '../support/small-networks.ts';
import { largestDifference, softmaxRows } from '../support/softmax.ts';
import { awkwardNames, smallImage, smallTrained } from '../support/trained-networks.ts';
import { root } from './support/paths.ts';
import { serveFolder } from './support/static-site.ts';

const { size } = smallImage;

/** Networks that are run on WebGL, too, whose shaders take seconds: one with max pooling, one with depthwise filters. */
const onWebGl = [0, 5];

/** Of the page: tf.min.js defines it. */
declare const tf: typeof Tf;

test('a graph model of every family gives its probabilities in a browser', async ({ page }) => {
  await useCpuBackend();
  const folder = mkdtempSync(path.join(tmpdir(), 'distill-e2e-tfjs-'));
  const { origin, close } = await serveFolder(folder);
  try {
    const library = path.join(root, 'node_modules/@tensorflow/tfjs/dist/tf.min.js');
    copyFileSync(library, path.join(folder, 'tf.min.js'));
    writeFileSync(path.join(folder, 'index.html'), '<!doctype html><script src="tf.min.js"></script>');
    await page.goto(origin);
    const pixels = noisePixels(2, size);
    for (const [index, recipe] of smallNetworks.entries()) {
      const { model, network } = smallTrained(recipe);
      writeFolder(path.join(folder, String(index)), tfjsFiles(network));
      const logits = ownLogits(model, normalised(pixels, smallImage), size);
      const expected = softmaxRows(logits, awkwardNames.length);
      for (const backend of onWebGl.includes(index) ? ['cpu', 'webgl'] : ['cpu']) {
        const found = await page.evaluate(
          async ({ url, values, side, wanted }) => {
            if (!(await tf.setBackend(wanted))) return null;
            const graph = await tf.loadGraphModel(url);
            const image = tf.tensor4d(values, [2, side, side, 3], 'int32');
            const output = graph.execute({ image }, 'probabilities') as Tf.Tensor;
            return { probabilities: [...(await output.data())], metadata: graph.metadata };
          },
          { url: `${origin}/${index}/model.json`, values: [...pixels], side: size, wanted: backend },
        );
        // Not every machine's browser has WebGL.
        if (backend === 'webgl' && !found) continue;
        const difference = largestDifference(found!.probabilities, expected);
        expect(difference, `${networkTitle(recipe)}, ${backend}`).toBeLessThan(1e-5);
        expect(found!.metadata).toMatchObject({ classes: awkwardNames });
      }
      model.dispose();
    }
  } finally {
    close();
    rmSync(folder, { recursive: true, force: true });
  }
});
