import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportFormats, onnxInputs } from '../../../../electron/contract/exports.ts';
import { float32 } from '../../../../electron/engine/export/onnx/precision.ts';
import { onnxFile } from '../../../../electron/engine/export/onnx/write.ts';
import { snippets } from '../../../../renderer/views/export/snippets/index.ts';
import { nodeSnippet } from '../../../../renderer/views/export/snippets/javascript.ts';
import type { SnippetFacts } from '../../../../renderer/views/export/snippets/snippet.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { ownLogits, smallNetworks } from '../../../support/small-networks.ts';
import { normalised } from '../../../support/pixels.ts';
import { awkwardNames, smallImage, smallTrained } from '../../../support/trained-networks.ts';

const facts: SnippetFacts = {
  format: 'onnx',
  file: 'signs-1-student.onnx',
  image: smallImage,
  classes: awkwardNames.length,
  options: { onnxInput: 'image', tfliteInput: 'uint8' },
};
let folder: string;
beforeAll(useCpuBackend);
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'distill-snippet-'));
  symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(onnxInputs)("Node's prints what the network answers, fed by %s", async (onnxInput) => {
  const { model, network } = smallTrained(smallNetworks[0]!);
  const { size } = smallImage;
  const pixels = Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * 7919) % 256);
  await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toFile(path.join(folder, 'photo.jpg'));
  writeFileSync(path.join(folder, facts.file), onnxFile(network, { input: onnxInput, precision: float32 }));
  writeFileSync(path.join(folder, 'labels.txt'), awkwardNames.join('\n'));
  const options = { ...facts.options, onnxInput };
  writeFileSync(path.join(folder, 'try.mjs'), nodeSnippet.code({ ...facts, options }));

  const printed = execFileSync(process.execPath, ['try.mjs'], { cwd: folder, encoding: 'utf8' });

  const powers = ownLogits(model, normalised(pixels, smallImage), size).map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  const expected = awkwardNames
    .map((name, i) => ({ name, p: powers[i]! / sum }))
    .sort((a, b) => b.p - a.p)
    .map(({ name, p }) => `${(100 * p).toFixed(1)} %  ${name}`);
  expect(printed.trimEnd().split('\n')).toEqual(expected);
  model.dispose();
});

it('names file, input and size in every language, whatever is chosen', () => {
  for (const { takes, code, title } of snippets)
    for (const format of exportFormats.filter(takes))
      for (const resize of ['squish', 'crop', 'pad'] as const)
        for (const onnxInput of onnxInputs)
          for (const tfliteInput of ['uint8', 'int8'] as const) {
            const image = { ...smallImage, resize };
            const text = code({ ...facts, format, image, options: { onnxInput, tfliteInput } });
            expect(text, title).toContain(facts.file);
            expect(text, title).not.toMatch(/undefined|NaN|\[object/);
            if (title !== 'Python, PyTorch') expect(text, title).toMatch(/\b32\b/);
          }
});
