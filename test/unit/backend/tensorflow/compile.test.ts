import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { compileAddon, findCompiler } from '../../../../electron/engine/backend/tensorflow/compile.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const { make } = useTemporaryFolder();

/** A stand-in for a compiler, a script of the shell. */
async function script(body: string): Promise<string> {
  const folder = await make({ compiler: `#!/bin/sh\n${body}\n` });
  const file = path.join(folder, 'compiler');
  await chmod(file, 0o755);
  return file;
}

test('says what to install where there is no compiler', async () => {
  await expect(findCompiler({ PATH: await make() })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('no C++ compiler') as string,
    hint: expect.stringContaining('apt install g++') as string,
  });
});

test('names the variable CXX where that is wrong', async () => {
  await expect(findCompiler({ PATH: await make(), CXX: 'nowhere/g++ -m64' })).rejects.toMatchObject({
    message: expect.stringMatching(/"nowhere\/g\+\+ -m64".*CXX/) as string,
  });
});

test.skipIf(process.platform === 'win32')(
  'takes the compiler that CXX names, with its arguments',
  async () => {
    const compiler = await script('exit 0');
    expect(await findCompiler({ PATH: '', CXX: `${compiler} -m64` })).toEqual([compiler, '-m64']);
  },
);

test.skipIf(process.platform === 'win32')('tells the first error of a compiler that fails', async () => {
  const compiler = await script(
    'echo "x.cc:1: note: hm" >&2; echo "x.cc:7:2: error: no such thing" >&2; exit 1',
  );
  const sources = await make({ 'x.cc': '' });
  const tensorflow = {
    folder: '/tf',
    include: '/tf/include',
    libraries: ['/tf/libtensorflow_cc.so.2'],
    build: { cuda: null, cudaVersion: null, cudnnVersion: null },
  };
  const parts = { sources, nodeApi: '/node-api', tensorflow, output: path.join(sources, 'out.node') };
  await expect(compileAddon([compiler], parts)).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining('"/tf": x.cc:7:2: error: no such thing') as string,
  });
});
