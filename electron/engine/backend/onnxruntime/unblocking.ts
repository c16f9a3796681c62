import { GraphBuilder, nchwcDomain } from '../onnx/graph.ts';
import { blockedDims } from './layout.ts';
import { floatFeed } from './feed.ts';
import { Session } from './session.ts';
import { SessionCache } from './session-cache.ts';

/** Turns blocked arrays to tfjs's layout, by a session for each shape. */
export class Unblocking {
  readonly #sessions = new SessionCache<{ session: Session }>();

  /** Fills `plain` [n, h, w, c] from `blocked`; `shape` is the tensor's in tfjs. */
  run(shape: readonly number[], blocked: Float32Array, plain: Float32Array): void {
    const { session } = this.#sessions.get(shape.join(), () => ({ session: load(shape) }));
    session.run({ x: floatFeed(blocked, blockedDims(shape)) }, { y: floatFeed(plain, shape) });
  }

  clear(): void {
    this.#sessions.clear();
  }
}

function load(shape: readonly number[]): Session {
  const graph = new GraphBuilder();
  graph.input('x', 'float32', blockedDims(shape));
  graph.nodes(
    'ReorderOutput',
    ['x'],
    1,
    { channels: shape[3]!, channels_last: 1 },
    { domain: nchwcDomain, outputs: ['y'] },
  );
  graph.output('y', 'float32', shape);
  const bytes = shape.reduce((a, b) => a * b, 4);
  return Session.load(graph, bytes);
}
