import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { jsonText } from '../../../platform/files.ts';
import { packageRoot, resource } from '../../../platform/resources.ts';
import { resizeModule } from '../resize-module.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import type { ZipEntry } from './zip.ts';

const packages = ['onnxruntime-node', 'sharp'] as const;
const manifestSchema = z.object({ dependencies: z.record(z.string(), z.string()) });

/** The packages of predict.mjs, in the versions that this program was tested with. */
async function packageJson(): Promise<string> {
  const text = await readFile(path.join(packageRoot(), 'package.json'), 'utf8');
  const { dependencies } = manifestSchema.parse(JSON.parse(text));
  return jsonText({
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(packages.map((name) => [name, dependencies[name]])),
  });
}

/**
 * npm's settings beside package.json. onnxruntime-node has its CPU libraries in the package, and on Linux x64 a script that
 * downloads CUDA's from nuget.org: hundreds of megabytes that nothing here uses, and a failed installation where nuget.org is out
 * of reach. Its own switch (onnxruntime-node-install=skip) is a setting that npm does not know and will stop handing on.
 */
const npmSettings = 'ignore-scripts=true\n';

/** The first ONNX Runtime that reads opset 17's files and runs on Pythons of today, and Pillow since it has Resampling. */
const requirements = 'onnxruntime>=1.17\npillow>=9.1\n';

/** The scripts that predict with ONNX Runtime, with what they read; `model`: the .onnx file in the bundle, which takes pixels. */
export async function scriptEntries({ classes, image }: TrainedNetwork, model: string): Promise<ZipEntry[]> {
  const { size, resize } = image;
  const texts = {
    'predict.py': await readFile(resource('export', 'bundle', 'predict.py'), 'utf8'),
    'images.py': await readFile(resource('export', 'python', 'images.py'), 'utf8'),
    'requirements.txt': requirements,
    'predict.mjs': await readFile(resource('export', 'bundle', 'predict.mjs'), 'utf8'),
    'resize.js': await resizeModule(),
    'package.json': await packageJson(),
    '.npmrc': npmSettings,
    'network.json': jsonText({ model, size, resize, classes }),
    'labels.txt': classes.map((name) => `${name.replace(/\s+/g, ' ')}\n`).join(''),
  };
  return Object.entries(texts).map(([name, content]) => ({ name, content }));
}
