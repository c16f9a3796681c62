import * as tf from '@tensorflow/tfjs-core';
import { keepsFreedMemory } from '../../../platform/allocator.ts';
import type { GraphBuilder } from '../onnx/graph.ts';
import { inPlaceUpdates } from './in-place-updates.ts';
import type { Recorder } from './kernel.ts';
import { loadStep } from './load-step.ts';
import { PooledBackend } from './pooled-backend.ts';
import { ProcessorStep } from './processor-step.ts';
import type { Replay, StepParts } from './step-parts.ts';
import { processor, type Target } from './target.ts';

export const backendName = 'onnxruntime';

/**
 * Native kernels (run-native.ts) take the place of the slow ones of tfjs's JavaScript backend. What has no native kernel, or is too
 * small for one, runs in JavaScript on the same arrays.
 */
export class OnnxRuntimeBackend extends PooledBackend {
  /** What computes recorded steps. */
  readonly target: Target = processor;
  /** What listens to the kernels' calls now. */
  trace: Recorder | null = null;

  /** The backend that tfjs hands to a kernel. */
  static from(backend: object): OnnxRuntimeBackend {
    if (backend instanceof OnnxRuntimeBackend) return backend;
    throw new Error("A kernel of 'onnxruntime' was called with another backend.");
  }

  /** A recorded step, ready to run. Throws Untraceable where ONNX Runtime refuses the graph. */
  compile(graph: GraphBuilder, parts: StepParts): Replay {
    const updates = parts.variables.flatMap(({ input, output }) =>
      output ? [{ input, output: output.name }] : [],
    );
    const inPlace = inPlaceUpdates(graph.nodeList, updates);
    const session = loadStep(graph, parts, { arena: !keepsFreedMemory() });
    return new ProcessorStep(this, parts, { session, inPlace });
  }
}

/** Whether a step is being recorded now: what is computed becomes part of it. */
export function isRecording(): boolean {
  const backend = tf.backend();
  return backend instanceof OnnxRuntimeBackend && backend.trace !== null;
}
