import type { Attributes, NativeKernel } from '../kernel.ts';
import { plainValue } from '../layout.ts';

const attributesOf = (attributes: Attributes) =>
  attributes as { depth: number; onValue: number; offValue: number; dtype?: string };

/** Float one-hot rows of int32 indices. */
export const oneHot: NativeKernel = {
  name: 'OneHot',
  inputs: ['indices'],
  accepts: ([indices], attributes) =>
    indices!.dtype === 'int32' && indices!.shape.length === 1 && attributesOf(attributes).dtype === 'float32',
  outputs: ([indices], attributes) => [
    { shape: [...indices!.shape, attributesOf(attributes).depth], dtype: 'float32' },
  ],
  emit: (e, [indices], attributes, [output]) => {
    const { depth, onValue, offValue } = attributesOf(attributes);
    const classes = e.graph.constant(
      'int32',
      [1, depth],
      Int32Array.from({ length: depth }, (_, i) => i),
    );
    const column = e.reshape(e.plain(indices!), [...indices!.shape, 1]);
    const hits = e.op('Cast', [e.op('Equal', [column, classes])], { to: 1 });
    const range = e.op('Mul', [hits, e.scalar(onValue - offValue)]);
    return [plainValue(output!.shape, e.op('Add', [range, e.scalar(offValue)]))];
  },
};
