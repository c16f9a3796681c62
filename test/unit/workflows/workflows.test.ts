import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

const workflows = path.resolve(import.meta.dirname, '../../../.github/workflows');
const files = readdirSync(workflows);
const read = (name: string): string => readFileSync(path.join(workflows, name), 'utf8');

const bundles = mkdtempSync(path.join(tmpdir(), 'distill-workflows-'));
let findings: (name: string, content: string) => Promise<string[]>;
beforeAll(async () => {
  const outfile = path.join(bundles, 'findings.mjs');
  await build({
    entryPoints: [path.resolve(import.meta.dirname, '../../support/workflow-findings.js')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    // Packages of the bundle that are CommonJS call require.
    banner: { js: "import { createRequire as cr } from 'node:module'; const require = cr(import.meta.url);" },
  });
  ({ findings } = (await import(pathToFileURL(outfile).href)) as { findings: typeof findings });
});
afterAll(() => rmSync(bundles, { recursive: true, force: true }));

test.each(files)('%s is a workflow by its schema, and its expressions name what there is', async (name) => {
  expect(await findings(name, read(name))).toEqual([]);
});

test('a wrong key and an unknown name in an expression are found', async () => {
  const wrong = read('test.yml')
    .replace('timeout-minutes: 60', 'timeout-minuts: 60')
    .replace('runs-on: ${{ matrix.os }}', 'runs-on: ${{ matrix.system }}');
  expect(await findings('wrong.yml', wrong)).toEqual([
    expect.stringContaining('system') as string,
    expect.stringContaining('timeout-minuts') as string,
  ]);
});

test.each(files)('%s takes actions by commit, with few permissions, one run at a time', (name) => {
  const text = read(name);
  const used = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
  expect(used.length).toBeGreaterThan(0);
  for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  expect(text).toMatch(/^permissions:\n {2}contents: read\n\n/m);
  expect(text).toMatch(/^concurrency:\n {2}group: /m);
});
