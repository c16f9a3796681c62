import { GraphBuilder } from '../onnx/graph.ts';
import { type DeviceTensor, type Feed, floatFeed } from '../onnxruntime/feed.ts';
import { Session } from '../onnxruntime/session.ts';

/** float32 tensors between memory and the device, by sessions that copy: the binding has no other way that can be relied on. */

const copy = 'y';

function copying(kept: readonly string[]): Session {
  const graph = new GraphBuilder();
  graph.input('x', 'float32', null);
  graph.nodes('Identity', ['x'], 1, {}, { outputs: [copy] });
  graph.output(copy, 'float32', null);
  return Session.load(graph, 0, { provider: 'webgpu', kept });
}

// Never disposed of: what they made would go with them.
let uploading: Session | null = null;
let downloading: Session | null = null;

/** A copy on the device; the caller disposes of it. */
export function upload(feed: Feed): DeviceTensor {
  uploading ??= copying([copy]);
  return uploading.run({ x: feed }, {})[copy]!;
}

/** Copies a device's tensor into `values`, of just its size. */
export function download(tensor: DeviceTensor, values: Float32Array): void {
  downloading ??= copying([]);
  downloading.run({ x: tensor }, { [copy]: floatFeed(values, tensor.dims) });
}
