/** Copies what exported web pages need of onnxruntime-web to dist/web-runtime/: the package itself is not installed with the program. */
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { runtimeFiles } from '../electron/engine/export/web/runtime.ts';

const root = path.join(import.meta.dirname, '..');
const from = path.join(root, 'node_modules/onnxruntime-web/dist');
const to = path.join(root, 'dist/web-runtime');

mkdirSync(to, { recursive: true });
for (const name of runtimeFiles) copyFileSync(path.join(from, name), path.join(to, name));
