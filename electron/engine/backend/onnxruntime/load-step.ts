import type { GraphBuilder } from '../onnx/graph.ts';
import { size } from './kernel.ts';
import type { SessionOptions } from './session-options.ts';
import { Session } from './session.ts';
import type { StepParts } from './step-parts.ts';
import { Untraceable } from './untraceable.ts';

/** A session of a recorded step. Throws Untraceable where ONNX Runtime refuses its graph. */
export function loadStep(
  graph: GraphBuilder,
  { outputs, variables }: StepParts,
  options: Partial<SessionOptions>,
): Session {
  const updated = variables.flatMap(({ output }) => (output ? [output] : []));
  const bytes = [...outputs, ...updated].reduce((sum, { shape }) => sum + 4 * size(shape), 0);
  try {
    return Session.load(graph, bytes, options);
  } catch (thrown) {
    throw new Untraceable(
      `ONNX Runtime refuses the graph (${thrown instanceof Error ? thrown.message : String(thrown)})`,
    );
  }
}
