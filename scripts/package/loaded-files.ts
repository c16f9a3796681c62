import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { runtimeFiles } from '../../electron/engine/export/web/runtime.ts';
import { projectRoot } from './config.ts';

/** Where the program begins: its two processes. Threads and processes that the engine starts are found in the code. */
const entries = [
  'dist/electron/main/index.js',
  'dist/electron/host/engine-process.js',
  'dist/electron/host/worker-process.js',
];

/** What is loaded as it is, not by an import. */
const given = [
  'dist/electron/preload/index.cjs',
  'dist/renderer/index.html',
  'package.json',
  ...runtimeFiles.map((name) => `dist/web-runtime/${name}`),
];

/** Not packed: Electron brings itself; the addon for CUDA is the user's own; msgpackr does without its addon. */
const external = ['electron', '@tensorflow/tfjs-node-gpu', 'msgpackr-extract'];

/**
 * Every script that the program's processes and threads can load, with the package.json's that say what it is: a walk over the imports
 * from the entries (esbuild's resolver with Node's conditions). Native libraries are not among them.
 */
export async function loadedFiles(): Promise<Set<string>> {
  const loaded = new Set(given);
  const waiting = new Set(entries);
  for (const entry of waiting) {
    if (loaded.has(entry)) continue;
    for (const file of await importsOf(entry)) {
      if (loaded.has(file)) continue;
      loaded.add(file);
      for (const manifest of manifestsOf(file)) loaded.add(manifest);
      if (file.startsWith('dist/')) for (const more of hiddenImports(file)) waiting.add(more);
    }
  }
  return loaded;
}

async function importsOf(entry: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: [entry],
    bundle: true,
    write: false,
    outdir: 'unwritten',
    metafile: true,
    platform: 'node',
    format: 'esm',
    // Without esbuild's own condition "module", which Node does not know.
    conditions: ['node'],
    external,
    // Each platform's are checked by natives.ts.
    loader: { '.node': 'empty' },
    logLevel: 'silent',
  });
  return Object.keys(metafile.inputs).filter((file) => !file.endsWith('.node'));
}

/** What a file of ours loads past the compiler's eyes: threads, and packages by createRequire. */
function hiddenImports(file: string): string[] {
  const absolute = path.join(projectRoot, file);
  const code = readFileSync(absolute, 'utf8');
  const workers = [...code.matchAll(/workerModule\(['"]([^'"]+)['"]/g)].map(([, name]) =>
    path.join(path.dirname(file), `${name!}.js`),
  );
  const required = code.includes('createRequire')
    ? [...code.matchAll(/\brequire\(['"]([^'".][^'"]*)['"]\)/g)].map(([, name]) =>
        path.relative(projectRoot, createRequire(absolute).resolve(name!)),
      )
    : [];
  return [...workers, ...required].map((each) => each.replaceAll(path.sep, '/'));
}

/** The package.json's from a file's folder up to its package's. */
function manifestsOf(file: string): string[] {
  if (!file.includes('node_modules/')) return [];
  const found: string[] = [];
  for (
    let folder = path.posix.dirname(file);
    !folder.endsWith('node_modules');
    folder = path.posix.dirname(folder)
  )
    if (existsSync(path.join(projectRoot, folder, 'package.json'))) found.push(`${folder}/package.json`);
  return found;
}
