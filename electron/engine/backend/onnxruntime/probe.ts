import { GraphBuilder } from '../onnx/graph.ts';
import { abilities } from './abilities.ts';
import { copyInto, loadModel } from './binding.ts';
import { floatFeed } from './feed.ts';
import { runInPlace, sequenceOutput } from './run-in-place.ts';

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
 * Loads the native library and tries what sessions rely on. Throws, with the loader's message, where it cannot be used;
 * leaves the in-place run off where only that fails, and copies inputs on shared memory where they are refused.
 */
export function probe(): void {
  if (!probeRun(false)) throw new Error('onnxruntime: the native library computes wrong sums.');
  abilities.inPlace = works(() => probeRun(true));
  const shared = new Float32Array(new SharedArrayBuffer(4 * Float32Array.BYTES_PER_ELEMENT));
  shared.set([1, 2, 3, 4]);
  abilities.sharedInputs = works(() => probeRun(false, shared));
}
