import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import { packageRoot } from '../../../platform/resources.ts';

/** What of onnxruntime-web a page needs to run networks on one thread; the build copies it to the first folder. */
export const runtimeFiles = ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];

/** Beside the build, or where the sources' development dependency lies. */
const folders = ['dist/web-runtime', 'node_modules/onnxruntime-web/dist'];

/** ONNX Runtime Web by file names. Throws NOT_FOUND where this copy of the program has none. */
export async function webRuntime(): Promise<[name: string, content: Uint8Array][]> {
  const root = packageRoot();
  const folder = folders
    .map((name) => path.join(root, name))
    .find((one) => runtimeFiles.every((name) => existsSync(path.join(one, name))));
  if (folder === undefined)
    throw new DistillError(
      'NOT_FOUND',
      `This copy of the program has no ONNX Runtime for web pages: it is neither in ${folders.join(' nor in ')}.`,
      'Install the program again, or run "npm run build" in its sources.',
    );
  return Promise.all(
    runtimeFiles.map(async (name) => [name, await readFile(path.join(folder, name))] as [string, Uint8Array]),
  );
}
