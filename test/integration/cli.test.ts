import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawSample } from '../../electron/engine/data/sample/draw.ts';
import { drawnClasses, smallRecipe } from '../support/small-run.ts';

const main = path.resolve(import.meta.dirname, '../../electron/cli/main.ts');
let folder: string;
let data: string;
let recipe: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'distill-cli-'));
  data = path.join(folder, 'sample');
  recipe = path.join(folder, 'recipe.json');
  await drawSample(data, { seed: 3, tracksPerClass: 3, testPerClass: 6, classes: drawnClasses });
  await writeFile(recipe, JSON.stringify(smallRecipe({ exports: ['report'] })));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** The real program in a process of its own; `onLine` sees each line of its output with the way to send it a signal. */
function distill(
  args: string[],
  onLine?: (line: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder });
  let [stdout, stderr, rest] = ['', '', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine?.(line, (signal) => child.kill(signal));
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
}

const isStep = (line: string, role: string) => {
  const event = JSON.parse(line) as { type: string; role?: string; step?: number };
  return event.type === 'step' && event.role === role && (event.step ?? 0) >= 2;
};

async function onlyRun(out: string): Promise<string> {
  const [name, ...others] = await readdir(out);
  expect(others).toEqual([]);
  return path.join(out, name!);
}

const stateOf = async (run: string) =>
  (JSON.parse(await readFile(path.join(run, 'run.json'), 'utf8')) as { state: string }).state;

test('a killed run is found interrupted, resumed and completed', async () => {
  const out = path.join(folder, 'killed');
  const killed = await distill(
    ['run', recipe, '--data', data, '--out', out, '--threads', '1', '--json'],
    (line, kill) => {
      if (isStep(line, 'student')) kill('SIGKILL');
    },
  );
  expect(killed.signal).toBe('SIGKILL');
  const run = await onlyRun(out);
  expect(await stateOf(run)).toBe('running');
  const resumed = await distill(['resume', run, '--json']);
  expect(resumed.code).toBe(0);
  expect(await stateOf(run)).toBe('completed');
  const trained = resumed.stdout.split('\n').filter((line) => line.includes('"type":"epoch"'));
  // The teacher was finished before; it is not trained again.
  expect(trained.some((line) => line.includes('"role":"teacher"'))).toBe(false);
});

test('Ctrl-C stops after the batch and exits with 130; resumed, the run takes commands for people and for programs', async () => {
  const out = path.join(folder, 'stopped');
  let sent = false;
  const stopped = await distill(
    ['run', recipe, '--data', data, '--out', out, '--threads', '1', '--json'],
    (line, kill) => {
      if (sent || !isStep(line, 'teacher')) return;
      sent = true;
      kill('SIGINT');
    },
  );
  expect(stopped.code).toBe(130);
  const run = await onlyRun(out);
  expect(await stateOf(run)).toBe('cancelled');
  expect(stopped.stdout + stopped.stderr).toContain('distill-studio resume');

  const ran = await distill(['resume', run]);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(/accuracy +\d+\.\d\d %/);
  expect(ran.stdout).toContain('report.html');
  const evaluated = await distill([
    'evaluate',
    run,
    '--classes',
    '1,12',
    '--invert',
    '--tta',
    '0,1',
    '--beta',
    '0.1',
    '--json',
  ]);
  expect(evaluated.code).toBe(0);
  const image = path.join(data, 'GTSRB', 'Final_Test', 'Images', '00000.ppm');
  const predicted = await distill(['predict', run, image, '--model', 'teacher']);
  expect(predicted.code).toBe(0);
  const target = path.join(folder, 'given-away');
  const exported = await distill(['export', run, '--out', target]);
  expect(exported.code).toBe(0);
  expect((await readdir(target)).filter((name) => name.endsWith('.safetensors'))).toHaveLength(3);
});

test.each([
  ['a recipe that is not JSON', '{"version": 1,', /JSON/],
  ['a recipe with an unknown key', '{"version": 1, "name": "x", "techer": {}}', /techer/],
])('%s gets one clear line', async (_, text, expected) => {
  const file = path.join(folder, 'bad.json');
  await writeFile(file, text);
  const { code, stderr } = await distill(['run', file, '--data', data, '--out', path.join(folder, 'bad')]);
  expect(code).toBe(1);
  expect(stderr).toMatch(expected);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(await readdir(folder)).not.toContain('bad');
});
