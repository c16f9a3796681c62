/** Bundles the preload to dist/electron/preload/index.cjs: a sandboxed preload is one CommonJS file and can load nothing but Electron. */
import { build } from 'esbuild';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');

await build({
  entryPoints: [path.join(root, 'electron/preload/index.ts')],
  outfile: path.join(root, 'dist/electron/preload/index.cjs'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'chrome130',
  external: ['electron'],
  logLevel: 'warning',
});
