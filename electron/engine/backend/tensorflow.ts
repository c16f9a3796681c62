import { createRequire } from 'node:module';
import util from 'node:util';

const require = createRequire(import.meta.url);
const packageName = '@tensorflow/tfjs-node-gpu';

/** Functions that tfjs-node 4.22 calls and that Node 23 removed. */
const removed = {
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  isArray: (value: unknown) => Array.isArray(value),
  isString: (value: unknown) => typeof value === 'string',
  isObject: (value: unknown) => value !== null && typeof value === 'object',
};

function restoreRemovedUtilities(): void {
  for (const [name, implementation] of Object.entries(removed)) {
    if (!(name in util)) Object.defineProperty(util, name, { value: implementation, configurable: true });
  }
}

/** Whether the optional package is there at all: its install downloads libtensorflow and is dropped where it cannot. */
export function isTensorflowInstalled(): boolean {
  try {
    require.resolve(packageName);
    return true;
  } catch {
    return false;
  }
}

/** Loads tfjs-node-gpu, which registers the backend 'tensorflow'. Throws with the loader's message. */
export function registerTensorflow(): void {
  restoreRemovedUtilities();
  require(packageName);
}
