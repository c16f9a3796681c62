import { GraphBuilder } from '../onnx/graph.ts';
import { floatFeed } from '../onnxruntime/feed.ts';
import { Session } from '../onnxruntime/session.ts';
import { download, upload } from './transfer.ts';

/** Computes a sum on the GPU in a process of its own, because drivers may crash, and write what they like; finding.ts starts it. */

/** Null, or what is wrong. */
function probe(): string | null {
  const graph = new GraphBuilder();
  graph.input('x', 'float32', [3]);
  graph.nodes('Add', ['x', graph.scalar(1)], 1, {}, { outputs: ['y'] });
  graph.output('y', 'float32', [3]);
  try {
    const session = Session.load(graph, 0, { provider: 'webgpu', kept: ['y'] });
    const x = upload(floatFeed(Float32Array.of(1, 2, 3), [3]));
    const values = new Float32Array(3);
    download(session.run({ x }, {})['y']!, values);
    return values.join() === '2,3,4' ? null : 'it computes wrong sums';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

process.stdout.write(`${JSON.stringify({ failure: probe() })}\n`);
