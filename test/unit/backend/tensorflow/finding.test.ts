import { expect, test } from 'vitest';
import { DistillError } from '../../../../electron/contract/errors.ts';
import type { TensorflowLink } from '../../../../electron/contract/doctor.ts';
import { tensorflowFinding } from '../../../../electron/engine/backend/tensorflow/finding.ts';

const link: TensorflowLink = {
  tensorflow: '2.99.0',
  libtensorflow: '/wheel/tensorflow',
  folder: '/data/addon-1',
  cuda: true,
  cudaVersion: '12.5.1',
  cudnnVersion: '9',
  linkedAt: '2026-02-03T04:05:06.000Z',
};
const found = (from: TensorflowLink | null) => () => ({ packageFolder: '/p', addon: '/a', link: from });
const loads = (gpu: boolean) => () => ({ version: '2.99.0', gpu });
const never = () => {
  throw new Error('not to be loaded');
};

test('names version, source, device and what it wants', () => {
  const finding = tensorflowFinding('NVIDIA H100', { find: found(link), register: loads(true) });
  expect(finding).toEqual({
    name: 'tensorflow',
    available: true,
    detail:
      'TensorFlow 2.99.0, linked on 2026-02-03 from /wheel/tensorflow; computes on the GPU (NVIDIA H100); built for CUDA 12.5.1 and cuDNN 9',
    hint: '',
  });
});

test("says what npm's own wants", () => {
  const { detail } = tensorflowFinding(null, { find: found(null), register: loads(true) });
  expect(detail).toBe(
    'TensorFlow 2.99.0, @tensorflow/tfjs-node-gpu; computes on the GPU; built for CUDA 11.2 and cuDNN 8.1',
  );
});

test('says what is missing where no GPU is used', () => {
  const onCpu = (from: TensorflowLink) =>
    tensorflowFinding(null, { find: found(from), register: loads(false) });
  expect(onCpu(link)).toMatchObject({
    available: true,
    detail: expect.stringContaining('computes on the CPU') as string,
    hint: expect.stringMatching(/no GPU that it can use.*CUDA 12\.5\.1 and cuDNN 9/) as string,
  });
  expect(onCpu({ ...link, cuda: false, cudaVersion: null, cudnnVersion: null })).toMatchObject({
    detail: expect.stringContaining('built without CUDA') as string,
    hint: expect.stringContaining('--backend onnxruntime') as string,
  });
});

test('explains how to get it where there is none', () => {
  expect(tensorflowFinding(null, { find: () => null, register: never })).toMatchObject({
    available: false,
    detail: expect.stringMatching(/^@tensorflow\/tfjs-node-gpu is not installed/) as string,
    hint: expect.stringMatching(
      /distill-studio engine link --libtensorflow.*CUDA 11\.2 and cuDNN 8\.1/,
    ) as string,
  });
});

test('reports why it does not load', () => {
  const register = () => {
    throw new Error('libcudart.so.12: cannot open shared object file\nRequire stack: ...');
  };
  expect(tensorflowFinding(null, { find: found(link), register })).toEqual({
    name: 'tensorflow',
    available: false,
    detail: 'It is there but does not load: libcudart.so.12: cannot open shared object file',
    hint: expect.stringContaining('CUDA 12.5.1 and cuDNN 9 must be on the library path') as string,
  });
  const find = () => {
    throw new DistillError('NOT_FOUND', 'It is gone.', 'Link again.');
  };
  expect(tensorflowFinding(null, { find, register: never })).toMatchObject({
    available: false,
    detail: 'It is gone.',
    hint: 'Link again.',
  });
});
