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
  ballast = 0,
}: MeansOptions = {}): Uint8Array {
  const port: Port = { name: 'x', type: 'float32', dims: ['n', 3, 4, 4], ...input };
  const type = port.type === 'float16' ? 10 : 1;
  const nodes = [
    node('Cast', [port.name], 'floats', { to: type }),
    ...(layout === 'NHWC' ? [node('Transpose', ['floats'], 'planes', { perm: [0, 3, 1, 2] })] : []),
    node('GlobalAveragePool', [layout === 'NHWC' ? 'planes' : 'floats'], 'pooled'),
    node('Flatten', ['pooled'], 'y0'),
    ...after.map((op, i) => node(op, [`y${i}`], `y${i + 1}`)),
  ];
  const names = outputs ?? [`y${after.length}`];
  const model: OnnxModel = {
    opset: 17,
    name: 'foreign',
    nodes,
    initializers: [{ name: 'ballast', type: 'uint8', dims: [ballast], data: new Uint8Array(ballast) }],
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
