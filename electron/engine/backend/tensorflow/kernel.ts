import * as tf from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { type NodeBackend, Ops } from './ops.ts';

export type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

/** A tfjs kernel, written in TensorFlow's operations. */
export interface TensorflowKernel {
  name: string;
  /** Which calls it serves; the others go to tfjs-node's own kernel. Default: all. */
  accepts?: (inputs: Inputs, attributes: NamedAttrMap) => boolean;
  compute: (ops: Ops, inputs: Inputs, attributes: NamedAttrMap) => Tensor[];
}

/** Registers a kernel on the backend `tensorflow`, before tfjs-node's own of the same name. */
export function registerTensorflowKernel({ name, accepts, compute }: TensorflowKernel): void {
  const backendName = 'tensorflow';
  // tfjs's type denies that there may be none.
  const stock = tf.getKernel(name, backendName) as tf.KernelConfig | undefined;
  if (stock) tf.unregisterKernel(name, backendName);
  tf.registerKernel({
    kernelName: name,
    backendName,
    kernelFunc: (call) => {
      const inputs = call.inputs as Inputs;
      const attributes = call.attrs ?? {};
      if (stock && accepts && !accepts(inputs, attributes)) return stock.kernelFunc(call);
      const ops = new Ops(call.backend as NodeBackend);
      let results: Tensor[] = [];
      try {
        results = compute(ops, inputs, attributes);
      } finally {
        ops.finish(results);
      }
      return results.length === 1 ? results[0]! : results;
    },
  });
}
