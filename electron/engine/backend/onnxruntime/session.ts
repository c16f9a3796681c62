import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { GraphBuilder } from '../onnx/graph.ts';

/** What the binding takes as a tensor; plain objects will do. */
export interface Feed {
  type: string;
  dims: readonly number[];
  data: ArrayBufferView;
  location: 'cpu';
}

/** A tensor in a device's memory, made by a session that must outlive it. */
export interface DeviceTensor {
  readonly type: string;
  readonly dims: readonly number[];
  dispose: () => void;
}

type Feeds = Record<string, Feed | DeviceTensor>;

type Result = Omit<Feed, 'location'> & DeviceTensor;

interface NativeSession {
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
 * directly. It is internal: the package's version is pinned, and `probe` tries everything that is relied on.
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

let threads = availableParallelism();

/** Threads of every session made from now on; gives whether that is another number than before. */
export function setThreads(count: number): boolean {
  const changed = count !== threads;
  threads = count;
  return changed;
}

/** Threads of a session that is made now. */
export const sessionThreads = (): number => threads;

export type OptimizationLevel = 'disabled' | 'all';

/** What computes: the processor, or a GPU. */
export type Provider = 'cpu' | 'webgpu';

export interface SessionOptions {
  /** 'disabled' for graphs that are laid out by hand, 'all' for a frozen model. */
  level: OptimizationLevel;
  /**
   * Keeps the memory of intermediate values from run to run, in one planned block. Without it every run faults its pages in
   * anew; with it every one of many small sessions holds its own.
   */
  arena: boolean;
  provider: Provider;
  /** Outputs that stay on the provider's device. */
  kept: readonly string[];
}

function sessionOptions({ level = 'disabled', arena = false, provider, kept = [] }: Partial<SessionOptions>) {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: level,
    logSeverityLevel: 4,
    enableCpuMemArena: arena,
    enableMemPattern: arena,
    extra: {
      session: {
        // Without it the threads of every idle session spin, and the machine is busy with waiting.
        force_spinning_stop: '1',
        set_denormal_as_zero: '1',
      },
    },
    ...(provider === 'webgpu' && {
      executionProviders: [provider],
      preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer'])),
    }),
  };
}

const sequenceOutput = 'sequence';
const sequenceRefusal = 'Non tensor type';
/** Outputs of this many bytes and more are worth the price of an exception (about 28 microseconds). */
const inPlaceThreshold = 16_384;

let inPlaceWorks = false;

/** Whether the binding reads arrays on shared memory, on which batches lie: Node-API refuses them before Node 24. */
let readsShared = true;

const isShared = (feed: Feed | DeviceTensor): feed is Feed =>
  'data' in feed && ArrayBuffer.isView(feed.data) && feed.data.buffer instanceof SharedArrayBuffer;

/** The same inputs, those on shared memory as copies. */
export function withoutShared(inputs: Feeds): Feeds {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, feed]) => [
      name,
      isShared(feed) ? { ...feed, data: (feed.data as Float32Array).slice() } : feed,
    ]),
  );
}

/** The inputs as the binding takes them. */
const readable = (inputs: Feeds): Feeds => (readsShared ? inputs : withoutShared(inputs));

/** A loaded graph that writes its outputs into arrays of the caller. */
export class Session {
  readonly #native: NativeSession;
  readonly #inPlace: boolean;
  readonly #kept: readonly string[];

  private constructor(native: NativeSession, inPlace: boolean, kept: readonly string[]) {
    this.#native = native;
    this.#inPlace = inPlace;
    this.#kept = kept;
  }

  /**
   * @param outputBytes sum over the outputs; large ones are written in place where the binding allows it. The graph must
   * not be built yet, because that adds an output.
   */
  static load(graph: GraphBuilder, outputBytes: number, options: Partial<SessionOptions> = {}): Session {
    const { provider = 'cpu', kept = [] } = options;
    const inPlace = inPlaceWorks && provider === 'cpu' && outputBytes >= inPlaceThreshold;
    if (inPlace) graph.addSequenceOutput(sequenceOutput);
    return new Session(loadModel(graph.build(), options), inPlace, kept);
  }

  /** Runs a graph of unknown output shapes once. Gives fresh arrays. */
  static evaluate(graph: GraphBuilder, inputs: Feeds, outputs: readonly string[]): Record<string, Feed> {
    const native = loadModel(graph.build(), {});
    try {
      const results = native.run(readable(inputs), Object.fromEntries(outputs.map((name) => [name, null])));
      return Object.fromEntries(
        outputs.map((name) => {
          const { type, dims, data } = results[name]!;
          return [name, { type, dims: [...dims], data, location: 'cpu' as const }];
        }),
      );
    } finally {
      native.dispose();
    }
  }

  /**
   * Runs synchronously; `outputs` holds a preallocated array for each output that is not kept on the device. Gives those that are:
   * the caller disposes of them.
   */
  run(inputs: Feeds, outputs: Record<string, Feed>): Record<string, DeviceTensor> {
    const feeds = readable(inputs);
    if (this.#inPlace) {
      runInPlace(this.#native, feeds, outputs);
      return {};
    }
    const fetches = Object.fromEntries(this.#kept.map((name) => [name, null]));
    const results = this.#native.run(feeds, { ...outputs, ...fetches });
    for (const [name, { data }] of Object.entries(outputs)) copyInto(results[name]!.data, data);
    return Object.fromEntries(this.#kept.map((name) => [name, results[name]!]));
  }

  dispose(): void {
    this.#native.dispose();
  }
}

function loadModel(model: Uint8Array, options: Partial<SessionOptions>): NativeSession {
  const native = new (binding().binding.InferenceSession)();
  const bytes = new Uint8Array(model);
  native.loadModel(bytes.buffer, 0, bytes.byteLength, sessionOptions(options));
  return native;
}

/** The binding may answer with a fresh array or with the one it was given. */
function copyInto(from: ArrayBufferView, to: ArrayBufferView): void {
  if (from === to || to.byteLength === 0) return;
  new Uint8Array(to.buffer, to.byteOffset, to.byteLength).set(
    new Uint8Array(from.buffer, from.byteOffset, to.byteLength),
  );
}

/**
 * The binding writes every output into the array given for it and then copies it into a fresh one, which costs more than
 * many kernels. It gives up with an exception at the first output that is no tensor, after the writing and before the copying.
 */
function runInPlace(native: NativeSession, inputs: Feeds, outputs: Record<string, Feed>): void {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    native.run(inputs, { [sequenceOutput]: null, ...outputs });
  } catch (thrown) {
    if (thrown instanceof Error && thrown.message.startsWith(sequenceRefusal)) return;
    throw thrown instanceof Error ? new Error(thrown.message) : thrown;
  } finally {
    Error.stackTraceLimit = limit;
  }
  throw new Error('onnxruntime: a sequence output was copied; the in-place run is not to be trusted.');
}

/** A float32 feed over an existing array. */
export function floatFeed(data: Float32Array, dims: readonly number[]): Feed {
  return { type: 'float32', dims, data, location: 'cpu' };
}

/** Adds one to four values with and without the in-place run. Throws where the binding does not compute. */
function probeRun(inPlace: boolean, x: Float32Array = Float32Array.of(1, 2, 3, 4)): boolean {
  const graph = new GraphBuilder();
  graph.input('x', 'float32', [4]);
  graph.nodes('Add', ['x', graph.scalar(1)], 1, {}, { outputs: ['y'] });
  graph.output('y', 'float32', [4]);
  if (inPlace) graph.addSequenceOutput(sequenceOutput);
  const native = loadModel(graph.build(), {});
  const y = new Float32Array(4);
  const inputs = { x: floatFeed(x, [4]) };
  const outputs = { y: floatFeed(y, [4]) };
  if (inPlace) runInPlace(native, inputs, outputs);
  else copyInto(native.run(inputs, outputs)['y']!.data, y);
  native.dispose();
  return y.join() === '2,3,4,5';
}

function works(attempt: () => boolean): boolean {
  try {
    return attempt();
  } catch {
    return false;
  }
}

/**
 * Loads the native library and tries what this file relies on. Throws, with the loader's message, where it cannot be used;
 * leaves the in-place run off where only that fails, and copies inputs on shared memory where they are refused.
 */
export function probe(): void {
  if (!probeRun(false)) throw new Error('onnxruntime: the native library computes wrong sums.');
  inPlaceWorks = works(() => probeRun(true));
  const shared = new Float32Array(new SharedArrayBuffer(4 * Float32Array.BYTES_PER_ELEMENT));
  shared.set([1, 2, 3, 4]);
  readsShared = works(() => probeRun(false, shared));
}
