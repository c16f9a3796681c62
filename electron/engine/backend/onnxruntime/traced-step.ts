import type { Tensor, TensorInfo, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { keepsFreedMemory } from '../../../platform/allocator.ts';
import { WebGpuBackend } from '../webgpu/backend.ts';
import { DeviceStep } from '../webgpu/device-step.ts';
import { type NativeArray, type NativeType, OnnxRuntimeBackend } from './backend.ts';
import { size } from './kernel.ts';
import { inPlaceUpdates } from './in-place.ts';
import { type Feed, Session } from './session.ts';
import { Trace, Untraceable } from './trace.ts';

interface Slot {
  name: string;
  shape: number[];
  dtype: NativeType;
}

interface VariableSlot {
  variable: Variable;
  input: string;
  /** null: the step does not assign it. */
  output: Slot | null;
  /** Whether the graph lets its new values be written over the old ones. */
  inPlace: boolean;
}

const slotOf = (name: string, { shape, dtype }: TensorInfo): Slot => ({
  name,
  shape,
  dtype: dtype as NativeType,
});

export const feedOf = ({ shape, dtype }: Omit<Slot, 'name'>, data: NativeArray): Feed => ({
  type: dtype,
  dims: shape,
  data,
  location: 'cpu',
});

export interface Parts {
  session: Session;
  inputs: Slot[];
  variables: VariableSlot[];
  /** Computed once out of frozen tensors. */
  constants: Record<string, Feed>;
  outputs: Slot[];
}

/** A recorded step. */
export interface Replay {
  /** The step with other inputs, in the order in which they were declared: updates the variables, gives the outputs. */
  run: (inputs: readonly Tensor[]) => Tensor[];
  dispose: () => void;
}

/** A step as one graph on the processor. */
export class TracedStep implements Replay {
  readonly #backend: OnnxRuntimeBackend;
  readonly #parts: Parts;

  constructor(backend: OnnxRuntimeBackend, parts: Parts) {
    this.#backend = backend;
    this.#parts = parts;
  }

  run(inputs: readonly Tensor[]): Tensor[] {
    const { session, inputs: slots, variables, constants, outputs } = this.#parts;
    const feeds: Record<string, Feed> = { ...constants };
    slots.forEach((slot, i) => (feeds[slot.name] = feedOf(slot, this.#backend.plainArray(inputs[i]!))));
    const fetches: Record<string, Feed> = {};
    const allocate = (slot: Slot): NativeArray => {
      const data = this.#backend.allocate(size(slot.shape), slot.dtype);
      fetches[slot.name] = feedOf(slot, data);
      return data;
    };
    // A weight may be written before the last gradient that reads it is computed: it gets another array. So does one whose array
    // others hold, too.
    const updates = variables.map(({ variable, input, output, inPlace }) => {
      const old = this.#backend.plainArray(variable);
      feeds[input] = feedOf({ shape: variable.shape, dtype: 'float32' }, old);
      if (!output) return null;
      if (!inPlace || !this.#backend.isSoleHolder(variable)) return { output, data: allocate(output) };
      fetches[output.name] = feedOf(output, old);
      return null;
    });
    const results = outputs.map(allocate);
    session.run(feeds, fetches);
    tf.tidy(() => {
      updates.forEach((update, i) => {
        if (update) variables[i]!.variable.assign(this.#tensor(update.output, update.data));
      });
    });
    return outputs.map((slot, i) => this.#tensor(slot, results[i]!));
  }

  dispose(): void {
    this.#parts.session.dispose();
  }

  #tensor({ shape, dtype }: Slot, data: NativeArray): Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.#backend.makeTensorInfo(shape, dtype, data));
  }
}

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
      const updated = variables.map((variable, i) =>
        variable.dataId === before[i]!.dataId ? null : slotOf(trace.output(variable), variable),
      );
      result = {
        traced: compileTrace(trace, backend, { variables, frozen, inputs, outputSlots, updated }),
        failure: null,
      };
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

interface Traced extends TraceOptions {
  inputs: Slot[];
  outputSlots: Slot[];
  /** For each variable its new values, where the step assigns it. */
  updated: (Slot | null)[];
}

function compileTrace(
  trace: Trace,
  backend: OnnxRuntimeBackend,
  { variables, frozen, inputs, outputSlots, updated }: Traced,
): Replay {
  const { graph } = trace;
  const constants = evaluateFrozen(trace, backend, frozen);
  const pairs = updated.flatMap((output, i) => (output ? [{ input: `w${i}`, output: output.name }] : []));
  const inPlace = inPlaceUpdates(graph.nodeList, pairs);
  const variableSlots = variables.map((variable, i) => ({
    variable,
    input: `w${i}`,
    output: updated[i]!,
    inPlace: inPlace.has(`w${i}`),
  }));
  const bytes = [...outputSlots, ...updated].reduce(
    (sum, slot) => sum + (slot ? 4 * size(slot.shape) : 0),
    0,
  );
  const parts = { inputs, variables: variableSlots, constants, outputs: outputSlots };
  if (backend instanceof WebGpuBackend) {
    const kept = updated.flatMap((output) => (output ? [output.name] : []));
    const session = load(graph, bytes, { provider: backend.provider, kept, level: 'all' });
    return new DeviceStep(backend, { ...parts, session });
  }
  const session = load(graph, bytes, { arena: !keepsFreedMemory() });
  return new TracedStep(backend, { ...parts, session });
}

const load: typeof Session.load = (...step) => {
  try {
    return Session.load(...step);
  } catch (thrown) {
    throw new Untraceable(
      `ONNX Runtime refuses the graph (${thrown instanceof Error ? thrown.message : String(thrown)})`,
    );
  }
};

/** Computes all that depends on frozen tensors alone, and makes it inputs of the graph. */
function evaluateFrozen(
  { graph }: Trace,
  backend: OnnxRuntimeBackend,
  frozen: readonly Variable[],
): Record<string, Feed> {
  const names = frozen.map((_, i) => `f${i}`);
  const feeds = Object.fromEntries(
    frozen.map((variable, i) => [
      names[i]!,
      feedOf({ shape: variable.shape, dtype: 'float32' }, backend.plainArray(variable)),
    ]),
  );
  const { graph: prelude, outputs } = graph.splitFrozen(new Set(names));
  const needed = new Set(prelude.inputNames);
  const given = Object.fromEntries(Object.entries(feeds).filter(([name]) => needed.has(name)));
  const computed = outputs.length > 0 ? Session.evaluate(prelude, given, outputs) : {};
  for (const name of outputs) graph.input(name, 'float32', computed[name]!.dims);
  const left = new Set(graph.inputNames);
  return { ...computed, ...Object.fromEntries(Object.entries(feeds).filter(([name]) => left.has(name))) };
}
