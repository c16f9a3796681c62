import path from 'node:path';
import { expect, test } from 'vitest';
import { inspectLibtensorflow } from '../../../../electron/engine/backend/tensorflow/libtensorflow.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const { make } = useTemporaryFolder();

const headers = [
  'c/c_api.h',
  'c/eager/c_api.h',
  'c/tf_datatype.h',
  'c/tf_status.h',
  'c/tf_tensor.h',
  'core/platform/ctstring_internal.h',
].map((name) => `include/tensorflow/${name}`);
const empty = (names: readonly string[], below = '') =>
  Object.fromEntries(names.map((name) => [path.join(below, name), '']));
const wheel = [...headers, 'libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

test("takes the folder of Python's wheel, and the one around it", async () => {
  const buildInfo =
    "build_info = collections.OrderedDict([('cuda_version', '12.5.1'), ('cudnn_version', '9'), ('is_cuda_build', True)])";
  const outer = await make({
    ...empty(wheel, 'tensorflow'),
    'tensorflow/python/platform/build_info.py': buildInfo,
  });
  const folder = path.join(outer, 'tensorflow');
  const expected = {
    folder,
    include: path.join(folder, 'include'),
    libraries: [
      path.join(folder, 'libtensorflow_cc.so.2'),
      path.join(folder, 'libtensorflow_framework.so.2'),
    ],
    build: { cuda: true, cudaVersion: '12.5.1', cudnnVersion: '9' },
  };
  expect(await inspectLibtensorflow(folder, 'linux')).toEqual(expected);
  expect(await inspectLibtensorflow(outer, 'linux')).toEqual(expected);
});

test('takes the archive for C, with its libraries in lib/, on both systems', async () => {
  const linux = await make(empty([...headers, 'lib/libtensorflow.so.2', 'lib/libtensorflow_framework.so.2']));
  expect(await inspectLibtensorflow(linux, 'linux')).toMatchObject({
    libraries: [
      path.join(linux, 'lib/libtensorflow.so.2'),
      path.join(linux, 'lib/libtensorflow_framework.so.2'),
    ],
    build: { cuda: null, cudaVersion: null, cudnnVersion: null },
  });
  const mac = await make(
    empty([...headers, 'lib/libtensorflow.2.dylib', 'lib/libtensorflow_framework.2.dylib']),
  );
  expect((await inspectLibtensorflow(mac, 'darwin')).libraries).toHaveLength(2);
  await expect(inspectLibtensorflow(linux, 'darwin')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('knows a build without CUDA', async () => {
  const folder = await make({
    ...empty(wheel),
    'python/platform/build_info.py': "build_info = OrderedDict([('is_cuda_build', False)])",
  });
  expect((await inspectLibtensorflow(folder, 'linux')).build).toEqual({
    cuda: false,
    cudaVersion: null,
    cudnnVersion: null,
  });
});

test.each(wheel)('says that %s is missing', async (name) => {
  const folder = await make(empty(wheel.filter((each) => each !== name)));
  await expect(inspectLibtensorflow(folder, 'linux')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringMatching(`^"${folder}" .*This file is missing: .*${name}`) as string,
    hint: expect.stringContaining('"tensorflow"') as string,
  });
});

test('names all that is missing at once', async () => {
  await expect(inspectLibtensorflow(await make(), 'linux')).rejects.toMatchObject({
    message: expect.stringMatching(/c_api\.h, .*libtensorflow_cc\.so\.2 or libtensorflow\.so\.2, /) as string,
  });
});

test('a wrong place is a clear error', async () => {
  const folder = await make({ 'tensorflow.whl': '', other: '' });
  await expect(inspectLibtensorflow(path.join(folder, 'none'), 'linux')).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(inspectLibtensorflow(path.join(folder, 'tensorflow.whl'), 'linux')).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    hint: expect.stringContaining('unpack it') as string,
  });
  await expect(inspectLibtensorflow(path.join(folder, 'other'), 'linux')).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
  await expect(inspectLibtensorflow(folder, 'win32')).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: 'Linking TensorFlow is not supported on win32.',
  });
});
