import { programVersion } from '../../platform/version.ts';
import { formatEntries } from './bundle/contents.ts';
import { exampleEntries } from './bundle/example.ts';
import { modelCard } from './bundle/model-card.ts';
import { scriptEntries } from './bundle/scripts.ts';
import { type ZipEntry, zipOf } from './bundle/zip.ts';
import { exportBase, type ExportContext, type Exporter, networkRoles } from './exporter.ts';
import { networkFacts } from './network-facts.ts';
import { float32 } from './onnx/precision.ts';
import { onnxFile } from './onnx/write.ts';

async function entriesOf(context: ExportContext): Promise<ZipEntry[]> {
  const { run } = context;
  const roles = networkRoles(context);
  const role = roles.includes('student') ? 'student' : roles[0]!;
  const result = await context.result();
  const network = await context.network(role);
  const formats = await formatEntries(context);
  const model = onnxFile(network, {
    input: 'image',
    precision: float32,
    ...(await networkFacts(context, role)),
  });
  // The scripts give pixels: a file that takes them may be in the bundle already.
  const isThere = context.options.onnxInput === 'image';
  const own = isThere ? formats.find(({ name }) => name.endsWith(`-${role}.onnx`))?.name : undefined;
  const name = own ?? 'model.onnx';
  const card = modelCard({
    title: await run.shownName(),
    role,
    size: network.image.size,
    result,
    recipe: run.recipe,
    importReport: await run.dataset(),
    license: context.options.license,
    version: programVersion(),
  });
  return [
    { name: 'MODEL_CARD.md', content: card },
    ...(await scriptEntries(network, name)),
    ...(await exampleEntries(run, result, network, model)),
    ...(own === undefined ? [{ name, content: model }] : []),
    ...formats,
  ];
}

async function* bundleOf(context: ExportContext): AsyncGenerator<Uint8Array> {
  const { finishedAt } = await context.result();
  yield* zipOf(await entriesOf(context), new Date(finishedAt));
}

/** <run>-bundle.zip: the other formats that were asked for, with a model card, scripts that predict, and an example for them. */
export const bundle: Exporter = {
  name: 'bundle',
  async files(context) {
    // What is missing is found out before anything is written.
    await context.result();
    for (const role of networkRoles(context)) await context.network(role);
    return [{ path: `${await exportBase(context)}-bundle.zip`, content: () => bundleOf(context) }];
  },
};
