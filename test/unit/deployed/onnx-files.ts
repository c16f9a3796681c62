import {
  encodeModel,
  type Node,
  type OnnxModel,
  type Port,
} from '../../../electron/engine/backend/onnx/encode.ts';

const node = (op: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): Node => ({
  op,
  inputs,
  outputs: [output],
  attributes,
  domain: undefined,
});

export interface MeansOptions {
  input?: Partial<Port>;
  layout?: 'NHWC' | 'NCHW';
  /** Operators after the logits, each on the one before. */
  after?: string[];
  metadata?: Record<string, string>;
  outputs?: string[];
  /** Whether a convolution that changes nothing comes first, which fixes the number of channels. */
  isConvolved?: boolean;
  /** Bytes of weights that nothing reads. */
  ballast?: number;
}

/** A network of another program: its three logits are the means of what its input's channels hold. */
export function meansNetwork({
  input = {},
  layout = 'NCHW',
  after = [],
  metadata = {},
  outputs,
  isConvolved = false,
  ballast = 0,
}: MeansOptions = {}): Uint8Array {
  const port: Port = { name: 'x', type: 'float32', dims: ['n', 3, 4, 4], ...input };
  const type = port.type === 'float16' ? 10 : 1;
  const planes = layout === 'NHWC' ? 'planes' : 'floats';
  const same = new Uint8Array(Float32Array.from({ length: 9 }, (_, i) => Number(i % 4 === 0)).buffer);
  const nodes = [
    node('Cast', [port.name], 'floats', { to: type }),
    ...(layout === 'NHWC' ? [node('Transpose', ['floats'], 'planes', { perm: [0, 3, 1, 2] })] : []),
    ...(isConvolved ? [node('Conv', [planes, 'same'], 'convolved')] : []),
    node('GlobalAveragePool', [isConvolved ? 'convolved' : planes], 'pooled'),
    node('Flatten', ['pooled'], 'y0'),
    ...after.map((op, i) => node(op, [`y${i}`], `y${i + 1}`)),
  ];
  const names = outputs ?? [`y${after.length}`];
  const model: OnnxModel = {
    opset: 17,
    name: 'foreign',
    nodes,
    initializers: [
      { name: 'ballast', type: 'uint8', dims: [ballast], data: new Uint8Array(ballast) },
      ...(isConvolved ? [{ name: 'same', type: 'float32', dims: [3, 3, 1, 1], data: same } as const] : []),
    ],
    inputs: [port],
    outputs: names.map((name) => ({
      name,
      type: port.type === 'float16' ? 'float16' : 'float32',
      dims: null,
    })),
    metadata,
  };
  return encodeModel(model);
}
