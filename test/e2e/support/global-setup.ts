import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RecipeInput } from '../../../electron/contract/recipe.ts';
import { drawSample } from '../../../electron/engine/data/sample/draw.ts';
import { distill, rendererFolder, root } from './paths.ts';
import { distilledAgain, sampleRecipe, smallRecipe, smallSweep } from './recipe.ts';
import {
  completedRun,
  sampleClasses,
  sampleFolder,
  sharedRuns,
  sharedSweeps,
  sharedVariable,
} from './shared.ts';

/** The newest change below a folder, as a file system's time. */
function newest(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => name !== 'node_modules');
  return Math.max(
    0,
    ...entries.map((entry) => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() ? newest(file) : statSync(file).mtimeMs;
    }),
  );
}

function buildRenderer(): void {
  if (process.env['E2E_RENDERER'] !== undefined) return;
  const built = statSync(path.join(rendererFolder, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = ['renderer', 'electron/contract', 'electron/rpc'].map((name) =>
    newest(path.join(root, name)),
  );
  if (built >= Math.max(...sources)) return;
  console.log('Building the renderer, which changed.');
  const { status } = spawnSync('npm', ['run', '--silent', 'build:renderer'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('The renderer could not be built.');
}

/** Runs a recipe or a sweep in the terminal's program, to its end. */
function runToEnd(folder: string, command: readonly string[], input: object, out: string): void {
  const file = path.join(folder, 'input.json');
  writeFileSync(file, JSON.stringify(input));
  const args = [
    ...[distill, ...command, file, '--data', sampleFolder(), '--out', out],
    ...['--threads', '1', '--json'],
  ];
  const env = { ...process.env, DISTILL_HOME: folder };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`"${command.join(' ')}" failed:\n${stdout.slice(-2000)}\n${stderr}`);
}

/** One dataset, two completed runs and a completed sweep for all test files, removed at the end; larger ones where pictures are taken of them. */
export default async function setUp(): Promise<() => void> {
  buildRenderer();
  // While tests are written, what was made before does.
  if (process.env[sharedVariable] !== undefined && existsSync(sharedRuns())) return () => undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'distill-e2e-shared-'));
  process.env[sharedVariable] = folder;
  const forPictures = process.env['DISTILL_SCREENS'] !== undefined;
  await drawSample(sampleFolder(), {
    seed: 3,
    tracksPerClass: forPictures ? 5 : 3,
    testPerClass: forPictures ? 20 : 8,
    ...(!forPictures && { classes: sampleClasses }),
  });
  const first = forPictures ? sampleRecipe() : smallRecipe({ epochs: 8 });
  const run = (recipe: RecipeInput) => runToEnd(folder, ['run'], recipe, sharedRuns());
  run(first);
  run(distilledAgain(forPictures ? first : smallRecipe(), completedRun(sharedRuns())));
  runToEnd(folder, ['sweep', 'run'], smallSweep(completedRun(sharedRuns()), forPictures), sharedSweeps());
  return () => rmSync(folder, { recursive: true, force: true });
}
