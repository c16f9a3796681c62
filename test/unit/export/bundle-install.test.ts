import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, expect, test, type TestContext } from 'vitest';
import { exportRun } from '../../../electron/engine/export/index.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { npmInstall, pipInstall } from '../../support/install.ts';
import { runPython } from '../../support/python.ts';
import { temporaryFolder } from '../run-folder/support.ts';
import { finishedRun, type FinishedRun, ownPredictions, type Predictions, unpack } from './bundle-run.ts';

/** Of one test: npm and pip bring some 300 MB each. */
const timeout = 240_000;
const run = promisify(execFile);

let finished: FinishedRun;
/** The unpacked bundle. */
let folder: string;

beforeAll(useCpuBackend);
beforeEach(async () => {
  finished = await finishedRun();
  const { files } = await exportRun(finished.run, ['bundle'], temporaryFolder());
  folder = await unpack(files[0]!);
});
afterEach(() => {
  finished.model.dispose();
});

function skipWith({ skip, task }: TestContext, why: string): void {
  console.warn(`${task.name}: skipped, ${why}`);
  skip(why);
}

/** A script's predictions for example.png, and what it says of them by itself. */
async function check(script: (...args: string[]) => Promise<string>): Promise<void> {
  const answers = JSON.parse(await script('--json', path.join(folder, 'example.png'))) as object;
  expect(Object.values(answers) as Predictions[]).toEqual([ownPredictions(finished)]);
  expect(await script()).toContain('As expected.json has it.');
}

test(
  "predict.mjs, with what npm installs by the bundle's package.json, gives the network's predictions",
  async (context) => {
    const missing = await npmInstall(folder);
    if (missing !== null) {
      skipWith(context, missing);
      return;
    }
    // From another folder: nothing is found by where one stands.
    await check(
      async (...args) =>
        (await run(process.execPath, [path.join(folder, 'predict.mjs'), ...args], { cwd: '/' })).stdout,
    );
  },
  timeout,
);

test(
  "predict.py, with what pip installs by requirements.txt, gives the network's predictions",
  async (context) => {
    const installed = await pipInstall(folder);
    if ('missing' in installed) {
      skipWith(context, installed.missing);
      return;
    }
    await check((...args) => runPython(installed.python, path.join(folder, 'predict.py'), args));
  },
  timeout,
);
