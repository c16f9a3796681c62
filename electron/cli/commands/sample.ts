import type { Command } from 'commander';
import { drawnSample } from '../../contract/sample.ts';
import { integer } from '../arguments.ts';
import type { Session } from '../session.ts';

interface Options {
  seed?: number;
  tracks?: number;
  test?: number;
}

export function defineSample(program: Command, session: Session): void {
  program
    .command('sample')
    .description("draws a sample dataset of 43 signs, in GTSRB's layout")
    .argument('<folder>', 'where to write it; must be empty or new')
    .option('--seed <n>', 'the same seed draws the same images (default: 1)', integer(0))
    .option(
      '--tracks <n>',
      `tracks of 30 images for each class (default: ${drawnSample.tracksPerClass})`,
      integer(1, 100),
    )
    .option(
      '--test <n>',
      `test images for each class (default: ${drawnSample.testPerClass})`,
      integer(1, 1000),
    )
    .addHelpText('after', '\nExample:\n  $ distill-studio sample sample --seed 7 --tracks 20\n')
    .action(async (folder: string, { seed, tracks, test }: Options) => {
      const { output, signal } = session;
      const client = await session.engine();
      const input = { folder: session.resolve(folder), seed, tracksPerClass: tracks, testPerClass: test };
      const onProgress = output.progress('drawing');
      const drawn = await client.dataset.sample(input, { signal, onProgress });
      const text = `${drawn.train} images to train and ${drawn.test} to test in ${session.shown(drawn.folder)}`;
      output.result('sample', drawn, text);
    });
}
