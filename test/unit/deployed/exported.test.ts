import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine } from '../../../electron/engine/index.ts';
import { createWorker } from '../../../electron/engine/worker/index.ts';
import { connect, type Connection } from '../../../electron/rpc/connect.ts';
import { localWorkers } from '../../../electron/rpc/local-worker.ts';
import { memoryTransports } from '../../../electron/rpc/memory.ts';
import { serve } from '../../../electron/rpc/serve.ts';
import { temporaryFolder } from '../run-folder/support.ts';
import { meansNetwork } from './onnx-files.ts';

/** Another program's network, which says which of red, green and blue an image has most of; it names nothing. */
const order = ['red', 'green', 'blue'];
const colours: Record<string, [number, number, number]> = {
  red: [200, 60, 40],
  green: [50, 190, 70],
  blue: [30, 80, 210],
};

const engine = createEngine({ startWorker: localWorkers(createWorker) });
let client: Connection;
beforeAll(() => {
  const [near, far] = memoryTransports();
  serve(far, engine);
  client = connect(near);
});
afterAll(async () => {
  client.close();
  await engine.close();
});

async function paint(file: string, [r, g, b]: [number, number, number], shade: number): Promise<void> {
  mkdirSync(path.dirname(file), { recursive: true });
  const background = { r: r - shade, g: g - shade, b: b - shade };
  await sharp({ create: { width: 8, height: 8, channels: 3, background } })
    .png()
    .toFile(file);
}

async function signs(parts = ['train', 'test']): Promise<{ file: string; data: string }> {
  const folder = temporaryFolder();
  const data = path.join(folder, 'signs');
  for (const [p, part] of parts.entries())
    for (const [name, colour] of Object.entries(colours))
      for (let i = 0; i < 4; i++) await paint(path.join(data, part, name, `${i}.png`), colour, i + 10 * p);
  const file = path.join(folder, 'network.onnx');
  writeFileSync(file, meansNetwork());
  return { file, data };
}

test('a network from elsewhere is evaluated by the names of its outputs, on the test images alone', async () => {
  const { file, data } = await signs();
  const hints = { values: 'unit' as const, classes: order };
  const evaluated = await client.exported.evaluate({ file, data, hints });
  expect(evaluated.scores).toMatchObject({ n: 12, accuracy: 1, f1Macro: 1 });
  expect(evaluated.mask.names).toEqual(order);
  expect(evaluated.perClass.map(({ name, support }) => [name, support])).toEqual([
    ['red', 4],
    ['green', 4],
    ['blue', 4],
  ]);
  expect(evaluated.notes).toEqual([
    '12 test images of the dataset.',
    'The file does not state how images are made square: they are resized by "squish".',
  ]);
  expect(evaluated.latency.ms).toBeGreaterThan(0);

  const swapped = await client.exported.evaluate({ file, data, hints: { ...hints, channels: 'BGR' } });
  expect(swapped.scores.accuracy).toBeCloseTo(1 / 3);
  const masked = await client.exported.evaluate({ file, data, hints, mask: { classes: [2] } });
  await expect(
    client.exported.evaluate({ file, data, hints, mask: { classes: 'unseen' } }),
  ).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('trained on') as string,
  });
  expect(masked).toMatchObject({ mask: { names: ['blue'] }, scores: { n: 4 }, confusion: [[0, 0, 4]] });
});

test("without names the dataset's order is taken, with a note", async () => {
  const { file, data } = await signs();
  const evaluated = await client.exported.evaluate({ file, data, hints: { values: 'pixels' } });
  // blue, green, red: the network's red and blue are each other's.
  expect(evaluated.mask.names).toEqual(['blue', 'green', 'red']);
  expect(evaluated.scores.accuracy).toBeCloseTo(1 / 3);
  expect(evaluated.notes.join(' ')).toContain('taken to be the classes of the dataset, in its order');
});

test('a dataset without a test part is evaluated whole, with a remark; other classes are passed over or refused', async () => {
  const { file, data } = await signs(['']);
  const hints = { values: 'unit' as const, classes: order };
  const evaluated = await client.exported.evaluate({ file, data, hints });
  expect(evaluated.scores).toMatchObject({ n: 12, accuracy: 1 });
  expect(evaluated.notes[0]).toMatch(/has no test part: all of its 12 images/);

  await paint(path.join(data, 'violet', 'a.png'), [200, 100, 220], 0);
  const others = await client.exported.evaluate({ file, data, hints });
  expect(others.scores.n).toBe(12);
  expect(others.notes).toContain(
    'The network does not know this class, which is passed over: “violet” (1 image).',
  );
  await expect(client.exported.evaluate({ file, data, hints: { values: 'unit' } })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: 'The network has 3 outputs without names, and the dataset 4 classes.',
  });
});

test('images are predicted one by one; one that cannot be read stops no other', async () => {
  const { file, data } = await signs();
  const [red, text] = [path.join(data, 'test', 'red', '0.png'), path.join(data, 'text.png')];
  writeFileSync(text, 'no image');
  const [first, second] = await client.exported.predict({
    file,
    hints: { values: 'unit', classes: order },
    images: [red, text],
  });
  expect(first!.top5.map(({ name }) => name)).toEqual(['red', 'green', 'blue']);
  expect(second).toMatchObject({ error: { code: 'IMAGE_UNREADABLE' }, top5: [] });
  const [unnamed] = await client.exported.predict({ file, hints: { values: 'unit' }, images: [red] });
  expect(unnamed!.top5[0]!.name).toBe('output 0');
});
