import type { GraphBuilder } from '../onnx/graph.ts';
import { abilities } from './abilities.ts';
import { copyInto, loadModel, type NativeSession } from './binding.ts';
import type { DeviceTensor, Feed, Feeds } from './feed.ts';
import { runInPlace, sequenceOutput } from './run-in-place.ts';
import type { SessionOptions } from './session-options.ts';
import { readable } from './shared-inputs.ts';

/** Outputs of this many bytes and more are worth the price of an exception (about 28 microseconds). */
const inPlaceThreshold = 16_384;

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
    const inPlace = abilities.inPlace && provider === 'cpu' && outputBytes >= inPlaceThreshold;
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
