import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorflowKernel } from '../kernel.ts';
import type { Ops } from '../ops.ts';

type Scalars = [number, number, number, number, number, number, number, number];

/** A TensorFlow variable that lives during one kernel; it shares the tensor's memory until somebody writes to it. */
function variable(ops: Ops, name: string, value: TensorInfo): TensorInfo {
  const handle = ops.one('VarHandleOp', [], {
    float32: ['dtype'],
    shape: { shape: value.shape },
    string: { shared_name: `distill/adam/${name}` },
  });
  ops.all('AssignVariableOp', [handle, value], 0, { float32: ['dtype'] });
  return handle;
}

/**
 * ops/adam.ts by ResourceApplyAdam; scalars = [decay, b1, 1-b1, b2, 1-b2, rate, correction, epsilon]. TensorFlow's
 * w -= lr * m / (sqrt(v) + e) is ours with lr = rate / sqrt(correction) and e = epsilon / sqrt(correction); its own bias
 * correction is switched off by powers of zero. It takes variables, not tensors: they are made for each call, which copies
 * the moments and is still twice as fast as a chain of single operations (docs/backend.md).
 */
export const adamUpdate: TensorflowKernel = {
  name: 'AdamUpdate',
  compute: (ops, inputs) => {
    const { weight, gradient, m, v, scalars } = inputs as Record<string, TensorInfo>;
    const [decay, beta1, , beta2, , rate, correction, epsilon] = [...ops.read(scalars!)] as Scalars;
    const decayed = ops.mul(weight!, decay);
    const variables = [variable(ops, 'weight', decayed), variable(ops, 'm', m!), variable(ops, 'v', v!)];
    // Without another owner its memory is updated in place.
    decayed.dispose();
    const root = Math.sqrt(correction);
    const hyper = [0, 0, rate / root, beta1, beta2, epsilon / root];
    ops.all('ResourceApplyAdam', [...variables, ...hyper.map((x) => ops.scalar(x)), gradient!], 0);
    const results = variables.map((handle) => ops.one('ReadVariableOp', [handle], { float32: ['dtype'] }));
    for (const handle of variables) ops.all('DestroyResourceOp', [handle], 0);
    return results;
  },
};
