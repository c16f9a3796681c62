import type { GraphBuilder } from '../onnx/graph.ts';
import type { Feed } from './feed.ts';
import { Session } from './session.ts';

/**
 * Computes all that depends on frozen inputs alone, and makes it inputs of the graph; `feeds` has those inputs by name. Gives what
 * the graph takes of them from now on, the same for each run.
 */
export function evaluateFrozen(graph: GraphBuilder, feeds: Record<string, Feed>): Record<string, Feed> {
  const { graph: prelude, outputs } = graph.splitFrozen(new Set(Object.keys(feeds)));
  const needed = new Set(prelude.inputNames);
  const given = Object.fromEntries(Object.entries(feeds).filter(([name]) => needed.has(name)));
  const computed = outputs.length > 0 ? Session.evaluate(prelude, given, outputs) : {};
  for (const name of outputs) graph.input(name, 'float32', computed[name]!.dims);
  const left = new Set(graph.inputNames);
  return { ...computed, ...Object.fromEntries(Object.entries(feeds).filter(([name]) => left.has(name))) };
}
