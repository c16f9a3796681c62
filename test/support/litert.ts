import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import type { CompiledModel } from '@litertjs/core';

const require = createRequire(import.meta.url);
const folder = path.join(path.dirname(require.resolve('@litertjs/core/package.json')), 'wasm');

/**
 * LiteRT.js is written for browsers, but its WebAssembly runs in Node: it asks for `self` and loads its script with
 * importScripts, as in a worker. Loaded once a process.
 */
async function load() {
  const scope = globalThis as unknown as Record<string, unknown>;
  scope['self'] = globalThis;
  scope['importScripts'] = (script: string): void => {
    const text = `(require, __filename, __dirname) => { ${readFileSync(script, 'utf8')}; self.ModuleFactory = ModuleFactory; }`;
    const evaluate = vm.runInThisContext(text) as (...scope: unknown[]) => void;
    evaluate(createRequire(script), script, path.dirname(script));
  };
  // What it reports of its start is left out.
  const printErr = (line: string): void => {
    if (!/^(INFO|WARNING)/.test(line)) console.error(line);
  };
  scope['Module'] = { printErr };
  const litert = await import('@litertjs/core');
  await litert.loadLiteRt(folder);
  return litert;
}

let loaded: ReturnType<typeof load> | undefined;

export interface LiteRtRun {
  /** Row by row, as the file's output has them: float32, or uint8 steps. */
  outputs: number[];
  inputs: string[];
  model: CompiledModel;
}

/** Outputs of a model of one image a call, run by LiteRT's own kernels (XNNPACK). `images`: of the input's type. */
export async function runLiteRt(
  bytes: Uint8Array,
  images: (Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>)[],
): Promise<LiteRtRun> {
  const { loadAndCompile, Tensor } = await (loaded ??= load());
  const model = await loadAndCompile(bytes, { accelerator: 'wasm' });
  const { shape, name: input } = model.getInputDetails()[0]!;
  const outputs: number[] = [];
  for (const image of images) {
    const tensor = new Tensor(image, shape);
    const { probabilities } = await model.run({ [input]: tensor });
    outputs.push(...(await probabilities!.data()));
    probabilities!.delete();
    tensor.delete();
  }
  return { outputs, inputs: model.getInputDetails().map(({ name }) => name), model };
}
