import { GraphBuilder, nchwcDomain } from '../onnx/graph.ts';
import { floatFeed } from './feed.ts';
import { Session } from './session.ts';

/** Channels per block: 16 with AVX-512, 8 with AVX2; null where the operators are missing. Set once, by `probeBlock`. */
let block: number | null = null;

export function blockSize(): number | null {
  return block;
}

/** Finds the block size with a ReorderInput on a known tensor. */
export function probeBlock(): number | null {
  const channels = 64;
  try {
    const graph = new GraphBuilder();
    graph.input('x', 'float32', [1, 1, 2, channels]);
    graph.nodes('ReorderInput', ['x'], 1, { channels_last: 1 }, { domain: nchwcDomain, outputs: ['y'] });
    graph.output('y', 'float32', [1, channels, 1, 2]);
    const session = Session.load(graph, 0);
    const x = Float32Array.from({ length: 2 * channels }, (_, i) => i);
    const y = new Float32Array(2 * channels);
    session.run({ x: floatFeed(x, [1, 1, 2, channels]) }, { y: floatFeed(y, [1, channels, 1, 2]) });
    session.dispose();
    // The second pixel's first channel follows the first pixel's first block.
    const found = y.indexOf(channels);
    block = found === 8 || found === 16 ? found : null;
  } catch {
    block = null;
  }
  return block;
}
