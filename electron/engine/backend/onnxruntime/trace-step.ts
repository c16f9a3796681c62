import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { OnnxRuntimeBackend } from './backend.ts';
import { evaluateFrozen } from './frozen-constants.ts';
import { feedOf, type Replay, type Slot, slotOf } from './step-parts.ts';
import { Trace } from './trace.ts';
import { Untraceable } from './untraceable.ts';

export interface TraceOptions {
  /** All that the step may read or assign and that changes from step to step. */
  variables: readonly Variable[];
  /** All that it reads and that never changes: what depends on nothing else is computed once. */
  frozen: readonly Variable[];
}

export interface TraceResult {
  /** null where the step cannot be a graph. */
  traced: Replay | null;
  /** Why not. */
  failure: string | null;
}

/**
 * Goes through `step` once without computing anything, and makes a graph of its kernels. The step must declare every other tensor
 * whose values change from step to step; what it reads besides is taken for constant. The variables stay as they are.
 */
export function traceStep(
  step: (declare: (tensor: Tensor) => void) => Tensor[],
  { variables, frozen }: TraceOptions,
): TraceResult {
  const backend = OnnxRuntimeBackend.from(tf.backend());
  const trace = new Trace(backend);
  const inputs: Slot[] = [];
  variables.forEach((variable, i) => trace.input(`w${i}`, variable));
  frozen.forEach((variable, i) => trace.frozen(`f${i}`, variable));
  const declare = (tensor: Tensor) => {
    const name = `x${inputs.length}`;
    trace.input(name, tensor);
    inputs.push(slotOf(name, tensor));
  };
  let result: TraceResult = { traced: null, failure: null };
  tf.tidy(() => {
    const before = variables.map((variable) => variable.clone());
    let outputs: Tensor[] = [];
    try {
      backend.trace = trace;
      outputs = step(declare);
      backend.trace = null;
      const stray = outputs.find((tensor) => !trace.has(tensor));
      if (stray) throw new Untraceable('an output does not depend on the inputs');
      const outputSlots = outputs.map((tensor) => slotOf(trace.output(tensor), tensor));
      const variableSlots = variables.map((variable, i) => ({
        variable,
        input: `w${i}`,
        output: variable.dataId === before[i]!.dataId ? null : slotOf(trace.output(variable), variable),
      }));
      const { graph } = trace;
      const constants = evaluateFrozen(graph, frozenFeeds(backend, frozen));
      const parts = { inputs, variables: variableSlots, constants, outputs: outputSlots };
      result = { traced: backend.compile(graph, parts), failure: null };
    } catch (thrown) {
      if (!(thrown instanceof Untraceable)) throw thrown;
      result = { traced: null, failure: thrown.message };
    } finally {
      backend.trace = null;
      // A step keeps what its tape would dispose of.
      tf.dispose(outputs);
      variables.forEach((variable, i) => {
        if (variable.dataId !== before[i]!.dataId) variable.assign(before[i]!);
      });
    }
  });
  return result;
}

const frozenFeeds = (backend: OnnxRuntimeBackend, frozen: readonly Variable[]) =>
  Object.fromEntries(
    frozen.map((variable, i) => [
      `f${i}`,
      feedOf({ shape: variable.shape, dtype: 'float32' }, backend.plainArray(variable)),
    ]),
  );
