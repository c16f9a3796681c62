import { beforeAll, describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../../electron/engine/backend/onnx/graph.ts';
import { keyOf } from '../../../electron/engine/backend/onnx/key.ts';
import { floatFeed } from '../../../electron/engine/backend/onnxruntime/feed.ts';
import { probe } from '../../../electron/engine/backend/onnxruntime/probe.ts';
import { Session } from '../../../electron/engine/backend/onnxruntime/session.ts';

beforeAll(probe);

const vector = (...values: number[]) => floatFeed(Float32Array.from(values), [values.length]);

/** Runs a graph; its outputs by name. */
function valuesOf(graph: GraphBuilder, inputs: Record<string, ReturnType<typeof vector>>, outputs: string[]) {
  const results = Session.evaluate(graph, inputs, outputs);
  return outputs.map((name) => [...(results[name]!.data as Float32Array)]);
}

function started(...names: string[]): GraphBuilder {
  const graph = new GraphBuilder();
  for (const name of names) graph.input(name, 'float32', [2]);
  return graph;
}

const opsOf = (graph: GraphBuilder) => graph.nodeList.map(({ op }) => op);

describe('equal nodes', () => {
  test('are one', () => {
    const graph = started('a', 'b');
    const sum = graph.node('Add', ['a', 'b']);
    expect(graph.node('Add', ['a', 'b'])).toBe(sum);
    const y = graph.node('Mul', [graph.node('Relu', [sum]), graph.node('Relu', [sum])]);
    expect(opsOf(graph)).toEqual(['Add', 'Relu', 'Mul']);
    graph.output(y, 'float32', [2]);
    expect(valuesOf(graph, { a: vector(1, -5), b: vector(2, 3) }, [y])).toEqual([[9, 0]]);
  });

  test('differ by input, attribute, domain or number of outputs', () => {
    const graph = started('a', 'b');
    graph.node('Sub', ['a', 'b']);
    graph.node('Sub', ['b', 'a']);
    graph.node('LeakyRelu', ['a'], { alpha: { float: 0.1 } });
    graph.node('LeakyRelu', ['a'], { alpha: { float: 0.2 } });
    graph.node('Gelu', ['a']);
    graph.node('Gelu', ['a'], {}, { domain: 'com.microsoft' });
    graph.nodes('Split', ['a'], 2, { axis: 0 });
    graph.nodes('Split', ['a'], 1, { axis: 0 });
    expect(graph.nodeList).toHaveLength(8);
  });

  test('constants of equal values, or of one key', () => {
    const graph = started();
    expect(graph.ints([1, 2])).toBe(graph.ints([1, 2]));
    expect(graph.ints([12])).not.toBe(graph.ints([1, 2]));
    expect(graph.scalar(1)).toBe(graph.scalar(1));
    let asked = 0;
    const data = () => {
      asked++;
      return Float32Array.of(1, 2);
    };
    expect(graph.constant('float32', [2], data, 'key')).toBe(graph.constant('float32', [2], data, 'key'));
    expect(asked).toBe(1);
    expect(graph.constant('float32', [2], data)).not.toBe(graph.constant('float32', [2], data));
  });

  test('a constant is a copy', () => {
    const graph = started('a');
    const data = Float32Array.of(1, 2);
    const y = graph.node('Add', ['a', graph.constant('float32', [2], data)]);
    data.fill(100);
    graph.output(y, 'float32', [2]);
    expect(valuesOf(graph, { a: vector(0, 0) }, [y])).toEqual([[1, 2]]);
  });
});

test('what no output needs is not written', () => {
  const bytes = (dead: boolean) => {
    const graph = started('a');
    const y = graph.node('Relu', ['a']);
    if (dead) {
      const constant = graph.constant('float32', [1000], new Float32Array(1000));
      graph.node('Add', [graph.node('Neg', [y]), constant]);
    }
    graph.output(y, 'float32', [2]);
    return graph.build();
  };
  expect(bytes(true)).toEqual(bytes(false));
});

test('one output that is needed keeps its node', () => {
  const graph = started('a');
  const [, second] = graph.nodes('Split', ['a', graph.ints([1, 1])], 2, { axis: 0 });
  graph.output(second!, 'float32', [1]);
  expect(valuesOf(graph, { a: vector(3, 4) }, [second!])).toEqual([[4]]);
});

describe('what depends on frozen inputs alone', () => {
  /** y = relu(f * 2 + 1) * x + f, a frozen part of two nodes and a frozen input that is read besides. */
  function parts() {
    const graph = started('x', 'f', 'g', 'unread');
    const doubled = graph.node('Mul', ['f', graph.scalar(2)]);
    const kept = graph.node('Relu', [graph.node('Add', [doubled, graph.scalar(1)])]);
    const constants = graph.node('Add', [graph.scalar(3), graph.scalar(4)]);
    const y = graph.node('Add', [graph.node('Mul', [kept, 'x']), 'f']);
    const z = graph.node('Add', [y, graph.node('Mul', [constants, 'g'])]);
    graph.output(z, 'float32', [2]);
    // Never needed, and so never computed.
    graph.node('Exp', ['unread']);
    return { graph, kept, z };
  }
  const feeds = { x: vector(1, 2), f: vector(1, -3), g: vector(10, 20) };

  test('is computed once by a graph of its own, and given to the rest', () => {
    const whole = parts();
    const expected = valuesOf(whole.graph, { ...feeds, unread: vector(0, 0) }, [whole.z]);
    // relu(2 * 1 + 1) * 1 + 1 + 7 * 10, relu(-6 + 1) * 2 - 3 + 7 * 20
    expect(expected).toEqual([[74, 137]]);

    const { graph, kept, z } = parts();
    const { graph: prelude, outputs } = graph.splitFrozen(new Set(['f', 'unread']));
    expect(outputs).toEqual([kept]);
    expect(prelude.inputNames).toEqual(['f']);
    expect(opsOf(prelude)).toEqual(['Mul', 'Add', 'Relu']);
    const [computed] = valuesOf(prelude, { f: feeds.f }, outputs);
    expect(computed).toEqual([3, 0]);

    // f is still read, what nothing needs is gone.
    expect(graph.inputNames).toEqual(['x', 'f', 'g']);
    expect(opsOf(graph)).not.toContain('Relu');
    expect(opsOf(graph)).not.toContain('Exp');
    graph.input(kept, 'float32', [2]);
    expect(valuesOf(graph, { ...feeds, [kept]: vector(...computed!) }, [z])).toEqual(expected);
  });

  test('nothing is taken out where nothing is frozen', () => {
    const { graph, z } = parts();
    const { outputs } = graph.splitFrozen(new Set());
    expect(outputs).toEqual([]);
    expect(valuesOf(graph, { ...feeds, unread: vector(0, 0) }, [z])).toEqual([[74, 137]]);
  });
});

test('numbers that JSON does not have tell nodes, constants and keys apart', () => {
  const graph = started('a');
  const values = [Infinity, -Infinity, NaN, 0, -0];
  for (const alpha of values) graph.node('LeakyRelu', ['a'], { alpha: { float: alpha } });
  graph.node('LeakyRelu', ['a'], { alpha: { float: -0 } });
  expect(opsOf(graph)).toHaveLength(values.length);
  expect(new Set(values.map((value) => graph.scalar(value))).size).toBe(values.length);
  expect(graph.scalar(-Infinity)).toBe(graph.scalar(-Infinity));
  const keys = [...values, null, '-Infinity', 1].map((value) => keyOf({ value }));
  expect(new Set(keys).size).toBe(keys.length);
});
