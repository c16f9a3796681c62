import * as tfjs from '@tensorflow/tfjs-core';
import util from 'node:util';
import { expect, test } from 'vitest';
import { loadPackage, restoredUtil } from '../../../../electron/engine/backend/tensorflow/node-package.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const { make } = useTemporaryFolder();

test('functions that Node 23 removed are back, for the package alone', async () => {
  expect(
    [null, undefined, 0, '', []].map((value) => [
      restoredUtil.isNullOrUndefined(value),
      restoredUtil.isArray(value),
    ]),
  ).toEqual([
    [true, false],
    [true, false],
    [false, false],
    [false, false],
    [false, true],
  ]);
  expect(restoredUtil.inspect).toBe(util.inspect);
  const before = Object.keys(util);
  const folder = await make({
    'dist/register_all_kernels.js':
      "const backend = require('./nodejs_kernel_backend'); backend.NodeJSKernelBackend.kernels = require('./kernels/one').kernel;",
    'dist/kernels/one.js': "exports.kernel = require('../nodejs_kernel_backend').NodeJSKernelBackend.name;",
    'dist/nodejs_kernel_backend.js': `
      const util_1 = require('util');
      require('./proto/api_pb');
      class NodeJSKernelBackend {}
      NodeJSKernelBackend.engine = require('@tensorflow/tfjs').engine();
      NodeJSKernelBackend.answers = [(0, util_1.isNullOrUndefined)(null), (0, util_1.isArray)([1])];
      exports.NodeJSKernelBackend = NodeJSKernelBackend;`,
  });
  const loaded = loadPackage(folder) as unknown as Record<'kernels' | 'answers' | 'engine', unknown>;
  expect([loaded.kernels, loaded.answers]).toEqual(['NodeJSKernelBackend', [true, true]]);
  expect(loaded.engine).toBe(tfjs.engine());
  expect(Object.keys(util)).toEqual(before);
});

test('an error in the package keeps its message', async () => {
  const folder = await make({ 'dist/register_all_kernels.js': "require('./nothing-here');" });
  expect(() => loadPackage(folder)).toThrow(/nothing-here\.js/);
});
