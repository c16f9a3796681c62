import { readFile } from 'node:fs/promises';
import { architectureName } from '../../../contract/architectures.ts';
import { jsonText } from '../../../platform/files.ts';
import { encodeSafetensors, type StoredTensor } from '../../models/weights/safetensors.ts';
import { resource } from '../../../platform/resources.ts';
import type { FolderFiles } from '../network-folder.ts';
import { type NetworkFacts, statedLicense } from '../network-metadata.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import { modelConfig, preprocessorConfig } from './configs.ts';
import { modelSource } from './model-source.ts';

function weightsFile({ tensors, recipe, classes, image }: TrainedNetwork, facts: NetworkFacts): Uint8Array {
  const stored = new Map<string, StoredTensor>();
  for (const [name, { shape, data }] of tensors) {
    const isCounter = name.endsWith('num_batches_tracked');
    stored.set(name, { shape, data: isCounter ? BigInt64Array.from(data, (count) => BigInt(count)) : data });
  }
  return encodeSafetensors(stored, {
    model: JSON.stringify(recipe),
    classes: JSON.stringify(classes),
    image: JSON.stringify(image),
    license: statedLicense(facts),
  });
}

const unknownText = `\`license\` is "unknown" because it follows from the images and from the
weights that training began with: fill it in before you publish the network.`;

const readme = ({ recipe, classes, image }: TrainedNetwork, { license = null }: NetworkFacts): string =>
  `# ${architectureName(recipe.architecture)}, ${classes.length} classes, ${image.size} x ${image.size} pixels

    pip install torch safetensors numpy pillow
    python load.py image.jpg

- \`model.py\`: the network in plain PyTorch.
- \`model.safetensors\`: its weights, loaded strictly.
- \`config.json\`: the names of the classes in the order of the outputs.
- \`preprocessor_config.json\`: how an image is prepared.
- \`load.py\`: loads all of these, prepares an image by \`images.py\` and prints the five likeliest classes.

Both JSON files use Hugging Face's names of fields. ${license === null ? unknownText : `The network's licence: ${license}.`}
`;

/** The network for PyTorch. Nothing but torch, safetensors, numpy and Pillow is needed to use it. */
export const pytorchFiles = async (
  network: TrainedNetwork,
  facts: NetworkFacts = {},
): Promise<FolderFiles> => ({
  'README.md': readme(network, facts),
  'config.json': jsonText(modelConfig(network, facts)),
  'preprocessor_config.json': jsonText(preprocessorConfig(network.image)),
  'model.py': await modelSource(network),
  'load.py': await readFile(resource('export', 'pytorch', 'load.py'), 'utf8'),
  'images.py': await readFile(resource('export', 'python', 'images.py'), 'utf8'),
  'model.safetensors': weightsFile(network, facts),
});
