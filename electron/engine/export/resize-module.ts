import { readFile } from 'node:fs/promises';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { workerModule } from '../../platform/resources.ts';

/** data/resize.ts as JavaScript: wherever it goes along, images become the same pixels as here. */
export async function resizeModule(): Promise<string> {
  const file = fileURLToPath(workerModule('../data/resize', import.meta.url));
  const source = await readFile(file, 'utf8');
  return file.endsWith('.ts') // Only Node 24 has it, which alone runs the sources.
    ? module.stripTypeScriptTypes(source)
    : source.replace(/^\/\/# sourceMappingURL=.*$/m, '');
}
