import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWeights } from '../../../electron/engine/models/weights/load.ts';
import { op, pickle, storedZip, zipFile } from './torch-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'distill-foreign-'));
});
afterAll(() => rm(folder, { recursive: true }));

const hex = (text: string) => Buffer.from(text.padEnd(64, '0'), 'hex');
const tar = (name: string) => {
  const bytes = Buffer.alloc(1024);
  bytes.write(name, 0);
  bytes.write('ustar', 257);
  return bytes;
};
const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 87319819\n';

test.each([
  ['pointer.pth', Buffer.from(lfs), /Git LFS pointer/, /git lfs pull/],
  ['pointer.safetensors', Buffer.from(lfs), /Git LFS pointer/, /git lfs pull/],
  ['page.pth', Buffer.from('\uFEFF\n<!DOCTYPE html><html>Sign in</html>'), /web page/, /browser/],
  [
    'error.pth',
    Buffer.from('{"error": "Not found"}'),
    /JSON text that begins with "{"error": "Not found"}"/,
    /download/,
  ],
  ['model.safetensors', Buffer.from('{"weight_map": {}}'), /in several parts/, /one file/],
  [
    'note.pt',
    Buffer.from('please ask me for the weights'),
    /a text that begins with "please ask me/,
    /\.pth/,
  ],
  ['keras.h5', hex('894844460d0a1a0a'), /HDF5 file, as Keras/, /PyTorch weights/],
  ['net.onnx', hex('08071207707974'), /ONNX model/, /state_dict/],
  ['net.tflite', hex('1c00000054464c33'), /TensorFlow Lite/, /state_dict/],
  ['saved_model.pb', hex('0801ff'), /TensorFlow SavedModel/, /state_dict/],
  ['packed.pth', hex('1f8b08'), /packed archive/, /Unpack/],
  ['packed.tar', tar('weights/resnet.pth'), /packed archive/, /Unpack/],
  ['old.pth', tar('sys_info'), /PyTorch 0\.1/, /save it again/],
  ['scan.pth', hex('ffd8ffe0'), /an image/, /\.pth/],
  [
    'script.pt',
    storedZip({ 'net/constants.pkl': Buffer.of(), 'net/data.pkl': Buffer.of() }),
    /TorchScript/,
    /jit\.load/,
  ],
  ['new.keras', storedZip({ 'metadata.json': Buffer.of(), 'config.json': Buffer.of() }), /Keras/, /PyTorch/],
  ['arrays.npz', storedZip({ 'fc.npy': Buffer.of() }), /NumPy arrays/, /state_dict/],
  [
    'download.zip',
    storedZip({ 'best/resnet.pth': Buffer.of() }),
    /zip archive/,
    /name "best\/resnet\.pth" in it/,
  ],
])('%s is named for what it is', async (name, bytes, what, remedy) => {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  await expect(openWeights(file)).rejects.toMatchObject({
    code: 'UNSUPPORTED_FORMAT',
    message: expect.stringMatching(what) as string,
    hint: expect.stringMatching(remedy) as string,
  });
});

test('an empty file, and folders by what is in them', async () => {
  const empty = path.join(folder, 'empty.safetensors');
  await writeFile(empty, '');
  await expect(openWeights(empty)).rejects.toMatchObject({
    message: expect.stringMatching(/is empty/) as string,
  });
  const model = path.join(folder, 'model');
  await mkdir(model);
  await writeFile(path.join(model, 'pytorch_model.bin'), '');
  await expect(openWeights(model)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    hint: 'Name the weights file in it: "pytorch_model.bin".',
  });
});

test.each([
  ['fastai.learner', 'Learner', /learn\.export.+learn\.save/],
  ['torchvision.models.resnet', 'ResNet', /whole model.+state_dict/],
  ['__main__', 'Net', /whole model.+state_dict/],
])('a pickled %s.%s is refused, with how to save it instead', async (module, name, remedy) => {
  const file = path.join(folder, 'export.pkl');
  await writeFile(file, zipFile(pickle(op.global(module, name))));
  await expect(openWeights(file)).rejects.toMatchObject({
    code: 'WEIGHTS_UNSAFE',
    message: expect.stringContaining(`${module}.${name}`) as string,
    hint: expect.stringMatching(remedy) as string,
  });
});
