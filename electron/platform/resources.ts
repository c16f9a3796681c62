import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's root, found from the sources and from dist/ alike. */
export function packageRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'resources', 'recipes'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('The program is incomplete: its folder "resources" is missing.');
    folder = parent;
  }
  return folder;
}

/** A file of resources/, e.g. resource('recipes', 'sample.json'). */
export function resource(...parts: string[]): string {
  return path.join(packageRoot(), 'resources', ...parts);
}

/**
 * A worker's module beside the one that starts it: './worker' with import.meta.url. Sources run as .ts, the build as .js;
 * only import specifiers are rewritten by the compiler, so the ending is chosen here.
 */
export function workerModule(name: string, from: string): URL {
  return new URL(`${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from);
}
