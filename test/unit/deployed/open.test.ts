import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openDeployed } from '../../../electron/engine/deployed/open.ts';
import { encodeSafetensors } from '../../../electron/engine/models/weights/safetensors.ts';
import { temporaryFolder } from '../run-folder/support.ts';
import { meansNetwork } from './onnx-files.ts';

const hints = { values: 'pixels' } as const;

async function describe(file: string, given: Parameters<typeof openDeployed>[1] = hints) {
  const { network, description } = await openDeployed(file, given);
  await network.dispose();
  return description;
}

test('an ONNX file is recognised whatever it is called, and the one in a folder is found', async () => {
  const folder = temporaryFolder();
  const bytes = meansNetwork();
  for (const name of ['network.onnx', 'network', 'network.tflite']) {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    expect(await describe(file)).toMatchObject({
      file,
      format: 'onnx',
      bytes: bytes.length,
      outputs: 3,
      classes: null,
      input: { size: 4, resize: null, values: 'pixels', channels: 'RGB' },
    });
  }
  await expect(describe(folder)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    hint: 'Choose one of them: network.onnx, network.tflite.',
  });

  const demo = path.join(folder, 'demo');
  mkdirSync(demo);
  writeFileSync(path.join(demo, 'index.html'), '<p>');
  await expect(describe(demo)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
  writeFileSync(path.join(demo, 'model.onnx'), bytes);
  expect(await describe(demo)).toMatchObject({ file: demo, format: 'onnx', bytes: bytes.length + 3 });
});

test('what is no network that can be run says what it is', async () => {
  const folder = temporaryFolder();
  const weights = encodeSafetensors(new Map([['w', { shape: [1], data: Float32Array.of(1) }]]));
  const files: [string, Uint8Array | string, RegExp][] = [
    ['bundle.zip', 'PK\u0003\u0004 and more than that', /is a zip/],
    ['student.safetensors', weights, /holds only weights/],
    ['notes.onnx', 'These are notes, and no network.', /is not a network that can be read here/],
    ['empty.onnx', '', /is not a network that can be read here/],
  ];
  for (const [name, content, message] of files) {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    await expect(describe(file)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringMatching(message) as string,
    });
  }
  await expect(describe(path.join(folder, 'missing.onnx'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('names of classes are as many as outputs', async () => {
  const file = path.join(temporaryFolder(), 'network.onnx');
  writeFileSync(file, meansNetwork());
  await expect(describe(file, { ...hints, classes: ['red', 'green'] })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: `"${file}" has 3 outputs, and there are 2 names of classes.`,
  });
  await expect(describe(file, {})).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
