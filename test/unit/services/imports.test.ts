import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const statement = /^(?:import|export)\s+(?!type\b)([^;']*?)from\s+'([^']+)';/gms;
const onlyTypes = (names: string): boolean =>
  names.startsWith('{') &&
  names
    .replaceAll(/[{}]/g, '')
    .split(',')
    .every((name) => /^\s*(type\s.*)?$/s.test(name));

/** What a module loads when it is loaded, with the way there: of ours and of others. */
function loadedBy(entry: string): Map<string, string[]> {
  const loaded = new Map([[entry, [entry]]]);
  for (const [module, way] of loaded) {
    if (!path.isAbsolute(module)) continue;
    for (const [, names = '', name = ''] of readFileSync(module, 'utf8').matchAll(statement)) {
      if (onlyTypes(names.trim())) continue;
      const found = name.startsWith('.') ? path.resolve(path.dirname(module), name) : name;
      if (!loaded.has(found)) loaded.set(found, [...way, found]);
    }
  }
  return loaded;
}

const computes = /^(@tensorflow\/|onnxruntime|sharp$)/;
const ways = (entry: string): string[] =>
  [...loadedBy(path.resolve(entry))]
    .filter(([module]) => computes.test(module))
    .map(([, way]) => way.map((file) => path.relative('.', file)).join(' > '));

test.each(['electron/engine/index.ts', 'electron/host/engine-process.ts'])(
  '%s loads nothing that computes: that is for workers',
  (entry) => expect(ways(entry)).toEqual([]),
);

test('workers load all of it, which shows that the test above looks', () => {
  const found = ways('electron/engine/worker/index.ts').join('\n');
  for (const name of ['@tensorflow/tfjs-core', 'sharp']) expect(found).toContain(name);
});
