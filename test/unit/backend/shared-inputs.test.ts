import { expect, test } from 'vitest';
import { GraphBuilder } from '../../../electron/engine/backend/onnx/graph.ts';
import { floatFeed } from '../../../electron/engine/backend/onnxruntime/feed.ts';
import { probe } from '../../../electron/engine/backend/onnxruntime/probe.ts';
import { Session } from '../../../electron/engine/backend/onnxruntime/session.ts';
import { withoutShared } from '../../../electron/engine/backend/onnxruntime/shared-inputs.ts';

/** As batches lie: on memory that worker threads write. */
function shared(values: readonly number[]): Float32Array {
  const array = new Float32Array(new SharedArrayBuffer(4 * values.length));
  array.set(values);
  return array;
}

test('where the binding refuses shared memory (Node before 24), it gets copies; other inputs stay the same arrays', () => {
  const batch = shared([1, 2, 3]);
  const own = Float32Array.of(4, 5, 6);
  const { x, y } = withoutShared({ x: floatFeed(batch, [3]), y: floatFeed(own, [3]) });
  const data = (feed: typeof x) => (feed && 'data' in feed ? feed.data : null);
  expect(data(x)?.buffer).toBeInstanceOf(ArrayBuffer);
  expect(x).toMatchObject({ data: Float32Array.of(1, 2, 3), dims: [3] });
  expect(data(y)).toBe(own);
});

test('a session reads shared memory on whatever Node runs this', () => {
  probe();
  const graph = new GraphBuilder();
  graph.input('x', 'float32', [2]);
  graph.nodes('Neg', ['x'], 1, {}, { outputs: ['y'] });
  graph.output('y', 'float32', [2]);
  const session = Session.load(graph, 8);
  const y = new Float32Array(2);
  session.run({ x: floatFeed(shared([1, 2]), [2]) }, { y: floatFeed(y, [2]) });
  session.dispose();
  expect([...y]).toEqual([-1, -2]);
});
