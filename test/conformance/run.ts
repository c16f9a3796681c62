/**
 * Runs tfjs-core's own test suite on the onnxruntime backend, as it is and with small tensors forced through the native
 * kernels. `npm run test:conformance [as-is|forced]`. Ends with 'N passed, N failed' and exits with 1 if any spec failed.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import Jasmine from 'jasmine';

const modes = ['as-is', 'forced'] as const;
/** What tfjs-core 4.22.0 has, in either mode: another number would mean that the bundler drops specs, or that some are left out. */
const specs = { passed: 4225, pending: 5 };
const here = path.dirname(fileURLToPath(import.meta.url));
// Inside node_modules, so that the bundle finds the packages that stay outside it.
const cache = path.join(here, '..', '..', 'node_modules', '.cache', 'distill-conformance');
const bundle = path.join(cache, 'specs.mjs');

async function bundleSpecs(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  await build({
    entryPoints: [path.join(here, 'entry.js')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node', 'onnxruntime-node/*'],
    // tfjs-core marks files as free of side effects that are not: without this all but 74 specs are dropped.
    ignoreAnnotations: true,
    logLevel: 'error',
    // Packages of the bundle that were CommonJS call require.
    banner: { js: "import { createRequire as cr } from 'node:module'; const require = cr(import.meta.url);" },
  });
}

interface SpecResult {
  status: string;
  fullName: string;
  failedExpectations: { message: string }[];
}

async function runSpecs(): Promise<void> {
  const runner = new Jasmine({});
  runner.loadConfig({ spec_files: [], random: false });
  runner.clearReporters();
  runner.exitOnCompletion = false;
  let passed = 0;
  let pending = 0;
  const failed: SpecResult[] = [];
  runner.addReporter({
    specDone(result: SpecResult) {
      if (result.status === 'passed') passed++;
      else if (result.status === 'failed') failed.push(result);
      else pending++;
    },
  });
  await import(pathToFileURL(bundle).href);
  await runner.execute();
  for (const { fullName, failedExpectations } of failed) {
    console.log(`FAILED ${fullName}\n       ${failedExpectations[0]?.message.slice(0, 300) ?? ''}`);
  }
  const mode = process.env['CONFORMANCE_MODE'];
  console.log(`tfjs-core ${mode}: ${passed} passed, ${failed.length} failed, ${pending} pending`);
  const isWhole = passed === specs.passed && pending === specs.pending;
  if (!isWhole) console.log(`       ${specs.passed} were to pass and ${specs.pending} to be pending`);
  process.exitCode = failed.length > 0 || !isWhole ? 1 : 0;
}

if (process.env['CONFORMANCE_MODE'] === undefined) {
  await bundleSpecs();
  const wanted = process.argv[2];
  for (const mode of modes.filter((m) => wanted === undefined || m === wanted)) {
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], {
      stdio: 'inherit',
      env: { ...process.env, CONFORMANCE_MODE: mode },
    });
    if (child.status !== 0) process.exitCode = 1;
  }
} else {
  await runSpecs();
}
