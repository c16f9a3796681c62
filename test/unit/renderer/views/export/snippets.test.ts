import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportFormats, onnxInputs, tfliteInputs } from '../../../../../electron/contract/exports.ts';
import { exampleSource } from '../../../../../electron/engine/export/microcontroller/example.ts';
import { float32 } from '../../../../../electron/engine/export/onnx/precision.ts';
import { onnxFile } from '../../../../../electron/engine/export/onnx/write.ts';
import { pytorchFiles } from '../../../../../electron/engine/export/pytorch/files.ts';
import { tfjsFiles } from '../../../../../electron/engine/export/tfjs/files.ts';
import type { TrainedNetwork } from '../../../../../electron/engine/export/trained-network.ts';
import { cppSnippet } from '../../../../../renderer/views/export/snippets/cpp.ts';
import { snippets } from '../../../../../renderer/views/export/snippets/index.ts';
import { nodeSnippet, tfjsSnippet } from '../../../../../renderer/views/export/snippets/javascript.ts';
import { pythonOnnxSnippet, pytorchSnippet } from '../../../../../renderer/views/export/snippets/python.ts';
import type { SnippetFacts } from '../../../../../renderer/views/export/snippets/snippet.ts';
import { useCpuBackend } from '../../../../support/cpu-backend.ts';
import { writeFolder } from '../../../../support/folder-files.ts';
import { normalised } from '../../../../support/pixels.ts';
import { pythonWith } from '../../../../support/python.ts';
import { ownLogits, smallNetworks } from '../../../../support/small-networks.ts';
import { awkwardNames, smallImage, smallTrained } from '../../../../support/trained-networks.ts';

const { size } = smallImage;
const facts: SnippetFacts = {
  format: 'onnx',
  file: 'signs-1-student.onnx',
  image: smallImage,
  classes: awkwardNames.length,
  options: { onnxInput: 'image', tfliteInput: 'uint8' },
};
let folder: string;
let network: TrainedNetwork;
/** The five classes as the network itself answers: shares of one with the names. */
let expected: { name: string; p: number }[];

beforeAll(useCpuBackend);
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'distill-snippet-'));
  symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'labels.txt'), awkwardNames.join('\n'));
  const pixels = Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * 7919) % 256);
  const image = await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toBuffer();
  writeFileSync(path.join(folder, 'photo.jpg'), image);
  const trained = smallTrained(smallNetworks[0]!);
  network = trained.network;
  const powers = ownLogits(trained.model, normalised(pixels, smallImage), size).map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  expected = awkwardNames.map((name, i) => ({ name, p: powers[i]! / sum })).sort((a, b) => b.p - a.p);
  trained.model.dispose();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lines that a program prints in the folder. */
function printed(program: string, code: string, file: string): string[] {
  writeFileSync(path.join(folder, file), code);
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' };
  return execFileSync(program, [file], { cwd: folder, encoding: 'utf8', env }).trimEnd().split(/\r?\n/);
}
const inPython = () => expected.map(({ name, p }) => `${(100 * p).toFixed(1)}%  ${name}`);

describe.each(onnxInputs)('fed by %s', (onnxInput) => {
  const given = { ...facts, options: { ...facts.options, onnxInput } };
  const write = () =>
    writeFileSync(path.join(folder, facts.file), onnxFile(network, { input: onnxInput, precision: float32 }));

  it("Node's code prints what the network predicts", () => {
    write();
    expect(printed(process.execPath, nodeSnippet.code(given), 'try.mjs')).toEqual(
      expected.map(({ name, p }) => `${(100 * p).toFixed(1)} %  ${name}`),
    );
  });

  const python = pythonWith('onnxruntime', 'PIL');
  it.skipIf(python === null)("ONNX Runtime's in Python, too", () => {
    write();
    expect(printed(python!, pythonOnnxSnippet.code(given), 'try.py')).toEqual(inPython());
  });
});

const python = pythonWith('torch', 'safetensors', 'PIL');
it.skipIf(python === null)("PyTorch's code prints what the network answers", async () => {
  const file = 'signs-1-student-pytorch';
  mkdirSync(path.join(folder, file), { recursive: true });
  writeFolder(path.join(folder, file), await pytorchFiles(network));
  expect(printed(python!, pytorchSnippet.code({ ...facts, format: 'pytorch', file }), 'try.py')).toEqual(
    inPython(),
  );
});

it("input and output of TensorFlow.js's code are the model's", () => {
  const { signature } = JSON.parse(tfjsFiles(network)['model.json'] as string) as {
    signature: { inputs: object; outputs: object };
  };
  const code = tfjsSnippet.code({ ...facts, format: 'tfjs', file: 'signs-1-student-tfjs' });
  const [, inputs, output] = /model\.execute\(\{ (\w+) \}, '(\w+)'\)/.exec(code)!;
  expect(Object.keys(signature.inputs)).toEqual([inputs]);
  expect(Object.keys(signature.outputs)).toContain(output);
});

it("functions of the microcontroller's code are those of its example", () => {
  const example = exampleSource({ size, operators: ['CONV_2D'], arenaBytes: 1024, pixels: 'uint8' });
  const declared = [...cppSnippet.code(facts).matchAll(/^(bool|int) (?!main)(\w+\([^)]*\));$/gm)];
  expect(declared).toHaveLength(2);
  for (const [, type, signature] of declared) expect(example).toContain(`${type!} ${signature!} {`);
  expect(example).toContain('kLabels[label]');
});

it('names file and size in every language, whatever is chosen', () => {
  for (const { takes, code, title } of snippets)
    for (const format of exportFormats.filter(takes))
      for (const resize of ['squish', 'crop', 'pad'] as const)
        for (const onnxInput of onnxInputs)
          for (const tfliteInput of tfliteInputs) {
            const image = { ...smallImage, resize };
            const text = code({ ...facts, format, image, options: { onnxInput, tfliteInput } });
            expect(text, title).toContain(facts.file);
            expect(text, title).not.toMatch(/undefined|NaN|\[object/);
            if (title !== pytorchSnippet.title) expect(text, title).toMatch(/\b32\b/);
          }
});
