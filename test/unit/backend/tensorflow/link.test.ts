import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DistillError } from '../../../../electron/contract/errors.ts';
import { readLink, writeLink } from '../../../../electron/engine/backend/tensorflow/link-record.ts';
import {
  linkTensorflow,
  unlinkTensorflow,
  type LinkTools,
} from '../../../../electron/engine/backend/tensorflow/link.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const { make } = useTemporaryFolder();

/** Linking without a compiler and without TensorFlow. */
function tools(parts: Partial<LinkTools> = {}): LinkTools {
  return {
    inspect: (folder) =>
      Promise.resolve({
        folder,
        include: path.join(folder, 'include'),
        libraries: [],
        build: { cuda: true, cudaVersion: '12.5.1', cudnnVersion: '9' },
      }),
    findCompiler: () => Promise.resolve(['c++']),
    prepareSources: async (folder) => {
      const packageFolder = path.join(folder, 'package');
      await mkdir(packageFolder);
      return { packageFolder, nodeApi: folder };
    },
    compile: (_, { output }) => writeFile(output, 'native'),
    verify: () => Promise.resolve({ version: '2.99.0', gpu: false }),
    ...parts,
  };
}

const fails = (message: string) => () =>
  Promise.reject(new DistillError('BACKEND_UNAVAILABLE', message, 'Hint.'));

test('records what it built, whole and beside nothing else', async () => {
  const records = path.join(await make(), 'deep', 'tensorflow');
  const steps: number[] = [];
  const link = await linkTensorflow(
    '/tf',
    { to: null, records, onStep: (done) => steps.push(done) },
    tools(),
  );
  expect(link).toMatchObject({
    tensorflow: '2.99.0',
    libtensorflow: '/tf',
    cudaVersion: '12.5.1',
    cudnnVersion: '9',
  });
  expect(steps).toEqual([1, 2, 3, 4, 5]);
  expect(readLink(records)).toEqual(link);
  expect(await readFile(path.join(link.folder, 'tfjs_binding.node'), 'utf8')).toBe('native');
  expect((await readdir(records)).sort()).toEqual([path.basename(link.folder), 'link.json']);
});

test('a second link takes the place of the first', async () => {
  const [records, to] = [await make(), await make()];
  const first = await linkTensorflow('/tf', { to: null, records }, tools());
  const second = await linkTensorflow('/tf2', { to, records }, tools());
  expect(path.dirname(second.folder)).toBe(to);
  expect(readLink(records)).toEqual(second);
  expect(await readdir(records)).toEqual(['link.json']);
  expect(first.folder).not.toBe(second.folder);
});

test.each(['inspect', 'findCompiler', 'prepareSources', 'compile', 'verify'] as const)(
  'where %s fails the link before stays as it was, and nothing is left',
  async (part) => {
    const records = await make();
    const before = await linkTensorflow('/tf', { to: null, records }, tools());
    const files = (await readdir(records)).sort();
    const broken = tools({ [part]: fails(`${part} failed`) });
    await expect(linkTensorflow('/tf2', { to: null, records }, broken)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: `${part} failed`,
    });
    expect(readLink(records)).toEqual(before);
    expect((await readdir(records)).sort()).toEqual(files);
  },
);

test('unlinking removes record and files; there being none is no error', async () => {
  const records = await make();
  const link = await linkTensorflow('/tf', { to: null, records }, tools());
  expect(await unlinkTensorflow(records)).toEqual(link);
  expect(await readdir(records)).toEqual([]);
  expect(await unlinkTensorflow(records)).toBeNull();
});

test('a record that somebody changed does not make us remove what is not ours', async () => {
  const records = await make();
  const precious = await make({ 'thesis.txt': 'x' });
  const link = await linkTensorflow('/tf', { to: null, records }, tools());
  await writeLink({ ...link, folder: precious }, records);
  await unlinkTensorflow(records);
  expect(await readdir(precious)).toEqual(['thesis.txt']);
});

test.each(['{', '{"version": 1}', '{"version": 2}'])(
  'the record %s is named, and can be replaced',
  async (text) => {
    const records = await make({ 'link.json': text });
    expect(() => readLink(records)).toThrow(/link\.json" is not the record of a link/);
    await linkTensorflow('/tf', { to: null, records }, tools());
    expect(readLink(records)?.tensorflow).toBe('2.99.0');
  },
);

test('a file where the folder should be is a clear error', async () => {
  const folder = await make({ file: '' });
  const to = path.join(folder, 'file');
  await expect(linkTensorflow('/tf', { to, records: folder }, tools())).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: `"${to}" is a file where a folder is needed.`,
  });
});
