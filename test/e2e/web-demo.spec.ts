import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, type Page, test as base } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import sharp from 'sharp';
import { networkInput } from '../../electron/engine/data/network-input.ts';
import { webFiles } from '../../electron/engine/export/web/files.ts';
import { random } from '../../electron/engine/numbers/random.ts';
import { useCpuBackend } from '../support/cpu-backend.ts';
import { writeFolder } from '../support/folder-files.ts';
import { ownLogits, smallNetworks } from '../support/small-networks.ts';
import { softmaxRows } from '../support/softmax.ts';
import { awkwardNames, smallImage, smallTrained } from '../support/trained-networks.ts';
import { withAxe } from './support/axe.ts';
import { policyViolations } from './support/policy.ts';
import { serveFolder } from './support/static-site.ts';

interface Demo {
  origin: string;
  /** An image file, and what the engine predicts for it: the likeliest class first. */
  png: Buffer;
  predictions: { name: string; probability: number }[];
}

/** A small network's page, served. Its images are reflected to squares, which no canvas does. */
const test = base.extend<object, { demo: Demo }>({
  demo: [
    async ({}, use) => {
      await useCpuBackend();
      const folder = mkdtempSync(path.join(tmpdir(), 'distill-e2e-web-'));
      const image = { ...smallImage, resize: 'pad' as const };
      const { model, network } = smallTrained(smallNetworks[6]!, image);
      writeFolder(folder, await webFiles(network, { title: 'Signs & lights' }));
      const noise = random(5, 'image');
      const pixels = Uint8Array.from({ length: 12 * 9 * 3 }, () => noise.integer(256));
      const png = await sharp(pixels, { raw: { width: 12, height: 9, channels: 3 } })
        .resize(120, 90, { kernel: 'cubic' })
        .png()
        .toBuffer();
      const logits = ownLogits(model, await networkInput(png, image), image.size);
      const predictions = softmaxRows(logits, awkwardNames.length)
        .map((probability, id) => ({ name: awkwardNames[id]!, probability }))
        .sort((a, b) => b.probability - a.probability);
      model.dispose();
      const { origin, close } = await serveFolder(folder);
      await use({ origin, png, predictions });
      close();
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
});

// A camera that shows a test picture, and is not asked about.
test.use({
  permissions: ['camera'],
  launchOptions: async ({ launchOptions }, use) => {
    const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
    await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...camera] });
  },
});

async function shownPredictions(page: Page): Promise<Demo['predictions']> {
  const items = page.getByRole('listitem');
  await expect(items).toHaveCount(5);
  return items.evaluateAll((all) =>
    all.map((item) => ({
      name: item.querySelector('span')!.textContent,
      probability: item.querySelector('meter')!.value,
    })),
  );
}

async function expectPredictions(page: Page, { predictions }: Demo): Promise<void> {
  const shown = await shownPredictions(page);
  expect(shown.map(({ name }) => name)).toEqual(predictions.map(({ name }) => name));
  for (const [rank, { probability }] of shown.entries())
    expect(Math.abs(probability - predictions[rank]!.probability)).toBeLessThan(1e-5);
}

test('a chosen image gets the predictions that the engine gives', async ({ demo, page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const violations = await policyViolations(page);
  await page.goto(demo.origin);
  await expect(page.getByRole('heading', { name: 'Signs & lights' })).toBeVisible();
  await page
    .getByLabel(/choose one/)
    .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: demo.png });
  await expect(page.getByRole('status')).toHaveText(`${demo.predictions[0]!.name} is the likeliest class.`);
  await expectPredictions(page, demo);
  await expect(page.locator('#latency')).toHaveText(/ms for the network/);
  expect(requests.filter((url) => !url.startsWith(demo.origin) && !url.startsWith('data:'))).toEqual([]);
  expect(violations).toEqual([]);
});

/** Hands the page a file as dropping or pasting it does. */
const handOver = (page: Page, kind: 'drop' | 'paste', type: string, bytes: Buffer) =>
  page.evaluate(
    ([event, mime, values]) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(values)], 'file', { type: mime }));
      document.body.dispatchEvent(
        event === 'drop'
          ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
          : new ClipboardEvent('paste', { clipboardData: data, bubbles: true }),
      );
    },
    [kind, type, [...bytes]] as const,
  );

test('images are dropped and pasted; what is no image is refused', async ({ demo, page }) => {
  await page.goto(demo.origin);
  await expect(page.getByRole('status')).toHaveText('Ready.');
  for (const kind of ['drop', 'paste'] as const) {
    await handOver(page, kind, 'text/plain', Buffer.from('no image'));
    await expect(page.getByRole('status')).toHaveText(/no image/);
    await handOver(page, kind, 'image/png', demo.png);
    await expect(page.getByRole('status')).toHaveText(/likeliest class/);
    await expectPredictions(page, demo);
  }
  await handOver(page, 'drop', 'image/png', demo.png.subarray(0, 40));
  await expect(page.getByRole('status')).toHaveText(/cannot be read/);
});

test('an image that comes before the network waits for it; a network that fails to load is reported', async ({
  demo,
  page,
}) => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((done) => (release = done));
  await page.route('**/model.onnx', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(demo.origin);
  await expect(page.getByRole('heading', { name: 'Signs & lights' })).toBeVisible();
  await handOver(page, 'drop', 'image/png', demo.png);
  release();
  await expect(page.getByRole('status')).toHaveText(/likeliest class/);
  await expectPredictions(page, demo);

  await page.unroute('**/model.onnx');
  await page.route('**/model.onnx', (route) => route.fulfill({ status: 404 }));
  await page.reload();
  await expect(page.getByRole('status')).toHaveText(/could not be loaded/);
  await expect(page.getByLabel(/choose one/)).toBeDisabled();
});

test('it is worked by keyboard, light and dark, and axe finds no fault', async ({ demo, page }) => {
  await withAxe(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(demo.origin);
    await expect(page.getByRole('status')).toHaveText('Ready.');
    await page.keyboard.press('Tab');
    await expect(page.getByLabel(/choose one/)).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('button', { name: 'Use the webcam' })).toBeFocused();
    await handOver(page, 'drop', 'image/png', demo.png);
    await expect(page.getByRole('listitem')).toHaveCount(5);
    const faults = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run: () => Promise<AxeResults> } };
      return (await axe.run()).violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((one) => one.html).join()}`,
      );
    });
    expect(faults, colorScheme).toEqual([]);
  }
});

test('frames are classified until it is switched off', async ({ demo, page }) => {
  await page.goto(demo.origin);
  await page.getByRole('button', { name: 'Use the webcam' }).click();
  await expect(page.getByRole('status')).toHaveText('The webcam is on.');
  await expect(page.getByRole('listitem')).toHaveCount(5);
  await page.getByRole('button', { name: 'Stop the webcam' }).click();
  await expect(page.getByRole('status')).toHaveText('The webcam is off.');
});
