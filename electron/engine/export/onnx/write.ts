import type { OnnxInput } from '../../../contract/exports.ts';
import { encodeModel } from '../../backend/onnx/encode.ts';
import { programVersion } from '../../../platform/version.ts';
import { networkMetadata, type NetworkFacts } from '../network-metadata.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import { NamedGraph } from './named-graph.ts';
import { addNetwork } from './operators.ts';
import type { Precision } from './precision.ts';
import { addInput } from './preprocessing.ts';

/** Name of the batch's size in the file. */
const batch = 'batch';

export interface OnnxOptions extends NetworkFacts {
  input: OnnxInput;
  precision: Precision;
}

/**
 * A network as an ONNX file, opset 17, for any number of images at once: input `image`, outputs `probabilities` and `logits`, both
 * [batch, classes]. Batch norms are folded; nodes have the names of PyTorch's modules.
 */
export function onnxFile(network: TrainedNetwork, { input, precision, ...facts }: OnnxOptions): Uint8Array {
  const graph = new NamedGraph();
  const image = addInput(graph, network, input, batch);
  addNetwork(graph, network, precision, { image, logits: 'logits' });
  graph.node('softmax', 'Softmax', ['logits'], { axis: -1 }, { value: 'probabilities' });
  const dims = [batch, network.classes.length];
  const order = 'in the order of the class names in the metadata';
  graph.output({
    name: 'probabilities',
    type: 'float32',
    dims,
    doc: `Of each class, ${order}; they sum to 1.`,
  });
  graph.output({ name: 'logits', type: 'float32', dims, doc: `Before softmax, ${order}.` });
  const { architecture } = network.recipe;
  return encodeModel(
    graph.model({
      opset: 17,
      name: architecture,
      doc: `${architecture}, an image classifier of ${network.classes.length} classes, trained with Distill Studio.`,
      producerVersion: programVersion(),
      metadata: networkMetadata(network, input === 'image' ? 'pixels' : 'normalised', facts),
    }),
  );
}
