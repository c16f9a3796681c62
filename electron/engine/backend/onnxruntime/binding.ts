import { createRequire } from 'node:module';
import type { DeviceTensor, Feed, Feeds } from './feed.ts';
import { nativeOptions, type SessionOptions } from './session-options.ts';

type Result = Omit<Feed, 'location'> & DeviceTensor;

/** An input or output, as the binding describes it. */
export interface NativeValue {
  name: string;
  isTensor: boolean;
  /** TensorProto.DataType. */
  type: number;
  /** -1: free, and named in `symbolicDimensions`. */
  shape: readonly number[];
  symbolicDimensions: readonly string[];
}

export interface NativeSession {
  readonly inputMetadata: readonly NativeValue[];
  readonly outputMetadata: readonly NativeValue[];
  loadModel(file: string, options: object): void;
  loadModel(buffer: ArrayBuffer, offset: number, length: number, options: object): void;
  run(feeds: Feeds, fetches: Record<string, Feed | null>): Record<string, Result>;
  dispose(): void;
}

interface Binding {
  binding: { InferenceSession: new () => NativeSession };
  initOrt: () => void;
}

/**
 * onnxruntime-node's public `run` is asynchronous; a tfjs kernel must be synchronous. The binding below it is, so it is used
 * directly. It is internal: the package's version is pinned, and `probe` (probe.ts) tries everything that is relied on.
 */
let loaded: Binding | null = null;

// By this name the package's check finds what is loaded.
const require = createRequire(import.meta.url);

/** Of the package, e.g. "1.30.0". */
export const onnxRuntimeVersion = (): string =>
  (require('onnxruntime-node/package.json') as { version: string }).version;

function binding(): Binding {
  if (!loaded) {
    loaded = require('onnxruntime-node/dist/binding.js') as Binding;
    loaded.initOrt();
  }
  return loaded;
}

/** Throws where ONNX Runtime refuses the model. */
export function loadModel(model: Uint8Array, options: Partial<SessionOptions>): NativeSession {
  const native = new (binding().binding.InferenceSession)();
  const bytes = new Uint8Array(model);
  native.loadModel(bytes.buffer, 0, bytes.byteLength, nativeOptions(options));
  return native;
}

/** The same of a file, whose weights may lie in files beside it. */
export function loadModelFile(file: string, options: Partial<SessionOptions>): NativeSession {
  const native = new (binding().binding.InferenceSession)();
  native.loadModel(file, nativeOptions(options));
  return native;
}

/** The binding may return a fresh array or the one it was given. */
export function copyInto(from: ArrayBufferView, to: ArrayBufferView): void {
  if (from === to || to.byteLength === 0) return;
  new Uint8Array(to.buffer, to.byteOffset, to.byteLength).set(
    new Uint8Array(from.buffer, from.byteOffset, to.byteLength),
  );
}
