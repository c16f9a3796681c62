import { readFile } from 'node:fs/promises';
import { jsonText } from '../../../platform/files.ts';
import { resource } from '../../../platform/resources.ts';
import type { FolderFacts, FolderFiles } from '../network-folder.ts';
import { float32 } from '../onnx/precision.ts';
import { onnxFile } from '../onnx/write.ts';
import { statedLicense } from '../network-metadata.ts';
import { resizeModule } from '../resize-module.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import { webRuntime } from './runtime.ts';

const pageFiles = ['index.html', 'demo.css', 'demo.js'];

const readme = (title: string, license: string): string => `# ${title}

A page that classifies images in the browser. Any static server shows it:

    python3 -m http.server

and then http://localhost:8000. It needs no network: the model (\`model.onnx\`) and ONNX Runtime Web (\`ort*\`, by Microsoft, MIT
license) lie beside it, and images never leave the browser. \`network.json\` has the names of the classes.

Images become the same pixels as in training: \`resize.js\` is the program's own. Only the browser's JPEG decoder may differ from
it by a level here and there.

The network's licence: ${license}.
`;

/** A web page with the network, whole: nothing is loaded from elsewhere. */
export async function webFiles(
  network: TrainedNetwork,
  { title, ...facts }: FolderFacts,
): Promise<FolderFiles> {
  const { classes, image } = network;
  const pages = await Promise.all(
    pageFiles.map(async (name) => [name, await readFile(resource('export', 'web', name), 'utf8')] as const),
  );
  return {
    ...Object.fromEntries(pages),
    'resize.js': await resizeModule(),
    'network.json': jsonText({ title, classes, size: image.size, resize: image.resize }),
    'README.md': readme(title, statedLicense(facts)),
    'model.onnx': onnxFile(network, { input: 'image', precision: float32, ...facts }),
    ...Object.fromEntries(await webRuntime()),
  };
}
