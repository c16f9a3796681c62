import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { drawnSample } from '../../contract/sample.ts';
import { resource } from '../../platform/resources.ts';
import { followRun } from '../follow-run.ts';
import { readRecipe } from '../../platform/recipe-file.ts';
import { addRuntimeOptions, runtimeOf, type RuntimeOptions } from '../runtime-options.ts';
import type { Session } from '../session.ts';

interface Options extends RuntimeOptions {
  out: string;
}

export function defineDemo(program: Command, session: Session): void {
  const command = program
    .command('demo')
    .description('shows the whole process in a few minutes, on signs that the program draws')
    .option('--out <folder>', 'where the drawn images and the run go', 'distill-demo');
  addRuntimeOptions(command)
    .addHelpText('after', '\nExample:\n  $ distill-studio demo --out distill-demo\n')
    .action(async (options: Options) => {
      const out = session.resolve(options.out);
      const recipe = await readRecipe(resource('recipes', 'sample.json'));
      const data = path.join(out, drawnSample.folder);
      await drawSample(session, data);
      const input = { recipe, data, out: path.join(out, 'runs'), runtime: runtimeOf(options) };
      await followRun(session, 'demo', (client) => client.runs.start(input));
    });
}

const honesty =
  'The program drew them to show how it works; a score on drawn signs does not predict one on photographs.';

/** Drawn beside its place and moved there when whole, so that what is found later can be used as it is. */
async function drawSample({ engine, output, signal, shown }: Session, folder: string): Promise<void> {
  if (existsSync(folder)) {
    output.note(`Sample images: ${shown(folder)}, drawn earlier. ${honesty}`);
    return;
  }
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const client = await engine();
  const onProgress = output.progress('drawing the sample images');
  const drawn = await client.dataset.sample({ folder: unfinished }, { signal, onProgress });
  await rename(unfinished, folder);
  output.event({ type: 'sample', ...drawn, folder });
  output.note(`Sample images: ${shown(folder)}, ${drawn.train} to train, ${drawn.test} to test. ${honesty}`);
}
