import type { FeatureMapInFile } from '../../../contract/exported.ts';
import type { DeployedHints } from '../deployed.ts';
import { hintsBeside } from './beside.ts';
import { featureMap, loadWithOutputs } from './feature-maps.ts';
import { readOnnxHeader } from './header.ts';
import { feedForms, type Otherwise } from './input.ts';
import { settleLayout } from './layout.ts';
import { outputForm } from './output.ts';
import { described, trialRun } from './run-once.ts';

/** Which pixel values a network is fed changes no shape. */
const anyValues = { values: 'unit' } as const;

/**
 * The maps of features in an ONNX classifier's graph that a teacher can offer as the outputs of stages: of each shape the last, in the
 * graph's order. Throws as openOnnxClassifier.
 */
export async function listFeatureMaps(
  file: string,
  hints: DeployedHints = {},
  otherwise: Otherwise = anyValues,
): Promise<FeatureMapInFile[]> {
  const header = await readOnnxHeader(file);
  const beside = await hintsBeside(file);
  const all = [...header.producers.keys()];
  const native = await loadWithOutputs(file, header, all, { level: 'all', arena: false });
  try {
    const { metadata } = header;
    const inputs = native.inputMetadata.map(described);
    const forms = feedForms(file, inputs, { metadata, beside, hints, otherwise });
    const values = native.outputMetadata.map(described);
    const own = values.filter(({ name }) => header.outputs.includes(name));
    const { name: output } = outputForm(file, own, header, { gives: hints.gives, preferred: 'logits' });
    const tensors = values.flatMap((one) =>
      one.isTensor && (one.type === 'float32' || one.type === 'float16') && one.shape.length === 4
        ? [one.name]
        : [],
    );
    const images = forms[0]!.batch ?? 1;
    const { trial } = await settleLayout(file, forms, hints.layout, (form) =>
      trialRun(file, { native, form, output }, images, tensors),
    );
    const [, ...found] = trial;
    const maps = new Map<string, FeatureMapInFile>();
    for (const name of header.producers.keys()) {
      const at = tensors.indexOf(name);
      const map = at < 0 ? null : featureMap(name, found[at]!.dims, images);
      if (map === null || map.shape[0] === 1) continue;
      // The last of a shape comes where it is in the graph.
      maps.delete(map.shape.join());
      maps.set(map.shape.join(), { tensor: map.tensor, shape: [...map.shape] });
    }
    return [...maps.values()];
  } finally {
    native.dispose();
  }
}
