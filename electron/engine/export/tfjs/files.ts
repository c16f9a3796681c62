import { inputName } from '../../models/inference/graph.ts';
import { programVersion } from '../../../platform/version.ts';
import type { FolderFiles } from '../network-folder.ts';
import { type NetworkFacts, statedLicense } from '../network-metadata.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import { shapeDef } from './graph-def.ts';
import { graphNodes } from './nodes.ts';
import { WeightList } from './weight-list.ts';

/** As tfjs's own converter: browsers cache files of this size. */
const shardBytes = 4 * 1024 * 1024;

const tensorInfo = (name: string, shape: readonly number[]) => ({
  name: `${name}:0`,
  dtype: 'DT_FLOAT',
  tensorShape: shapeDef(shape),
});

/** The network's description of itself, which GraphModel.metadata gives its user; deployed/tfjs.ts reads it. */
const metadataOf = ({ classes, image, recipe }: TrainedNetwork, facts: NetworkFacts) => ({
  classes,
  image,
  input: 'pixels',
  model: recipe,
  ...(facts.scores && { scores: facts.scores }),
  license: statedLicense(facts),
});

/** A graph model of TensorFlow.js: `tf.loadGraphModel('.../model.json')`. */
export function tfjsFiles(network: TrainedNetwork, facts: NetworkFacts = {}): FolderFiles {
  const { size, classes } = network.graph;
  const weights = new WeightList();
  const node = graphNodes(network, weights);
  const bytes = weights.bytes();
  const count = Math.ceil(bytes.length / shardBytes);
  const shards = Array.from({ length: count }, (_, i) => ({
    path: `group1-shard${i + 1}of${count}.bin`,
    bytes: bytes.subarray(i * shardBytes, (i + 1) * shardBytes),
  }));
  const model = {
    format: 'graph-model',
    generatedBy: `Distill Studio ${programVersion()}`,
    convertedBy: null,
    signature: {
      inputs: { [inputName]: tensorInfo(inputName, [-1, size, size, 3]) },
      outputs: {
        probabilities: tensorInfo('probabilities', [-1, classes]),
        logits: tensorInfo('logits', [-1, classes]),
      },
    },
    userDefinedMetadata: metadataOf(network, facts),
    modelTopology: { node, library: {}, versions: { producer: 1, minConsumer: 1 } },
    weightsManifest: [{ paths: shards.map(({ path }) => path), weights: weights.entries }],
  };
  return {
    'model.json': JSON.stringify(model),
    ...Object.fromEntries(shards.map(({ path, bytes: content }) => [path, content])),
  };
}
