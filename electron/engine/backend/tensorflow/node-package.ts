import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import util from 'node:util';
import { compileFunction } from 'node:vm';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { Addon, NodeBackend } from './ops.ts';

export const packageName = '@tensorflow/tfjs-node-gpu';
export const packageVersion = '4.22.0';

const ours = createRequire(import.meta.url);

/** Functions of node:util that tfjs-node 4.22 calls and that Node 23 removed. */
const removed = {
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  isArray: (value: unknown) => Array.isArray(value),
  isString: (value: unknown) => typeof value === 'string',
  isObject: (value: unknown) => value !== null && typeof value === 'object',
};

/** node:util with the functions that Node 23 removed. */
export const restoredUtil: Omit<typeof util, keyof typeof removed> & typeof removed = { ...util, ...removed };

/** What the package's files get where they ask for something outside the package. */
function outside(name: string): unknown {
  if (name === 'util') return restoredUtil;
  // tfjs itself is ours, whatever lies beside the package: kernels and tensors must meet in one engine.
  return ours(name);
}

/** The messages of TensorBoard and of saved models, which nobody here asks for; they alone want google-protobuf. */
const left = './proto/api_pb';

/**
 * Runs CommonJS files from anywhere. The linked package lies in the user's folder, where Node's own resolution would
 * not find tfjs, and gets its `util` without a change to Node's.
 */
function loader(): (file: string) => unknown {
  const modules = new Map<string, { exports: unknown }>();
  return function load(file: string): unknown {
    const known = modules.get(file);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(file, module);
    const folder = path.dirname(file);
    const require = (name: string) => {
      if (name === left) return {};
      return name.startsWith('.') ? load(`${path.resolve(folder, name)}.js`) : outside(name);
    };
    const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
    const run = compileFunction(readFileSync(file, 'utf8'), parameters, { filename: file }) as (
      ...values: unknown[]
    ) => void;
    run(module.exports, require, module, file, folder);
    return module.exports;
  };
}

export type BackendClass = new (addon: Addon, packageName: string) => KernelBackend & NodeBackend;

/** Loads the package's JavaScript from its folder: registers its kernels, and gives the class of its backend. */
export function loadPackage(folder: string): BackendClass {
  const load = loader();
  const file = (name: string) => path.join(folder, 'dist', `${name}.js`);
  load(file('register_all_kernels'));
  return (load(file('nodejs_kernel_backend')) as { NodeJSKernelBackend: BackendClass }).NodeJSKernelBackend;
}

/** Loads the native part. Throws with the dynamic linker's words where a library is missing. */
export const loadAddon = (file: string): Addon => ours(file) as Addon;
