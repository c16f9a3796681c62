import { Option, type Command } from 'commander';
import { type Architecture, architectures } from '../../contract/architectures.ts';
import { integer } from '../arguments.ts';
import { milliseconds, table } from '../format.ts';
import { addRuntimeOptions, runtimeOf, type RuntimeOptions } from '../runtime-options.ts';
import type { Session } from '../session.ts';

interface Options extends RuntimeOptions {
  architecture?: Architecture;
  stem?: 'imagenet' | 'small' | 'small-stride2';
  width?: number;
  size?: number;
  batchSize?: number;
  steps?: number;
}

export function defineBench(program: Command, session: Session): void {
  const command = program
    .command('bench')
    .description('measures how fast this machine trains')
    .addOption(new Option('--architecture <name>', 'which model (default: resnet18)').choices(architectures))
    .addOption(
      new Option('--stem <name>', 'its beginning (default: imagenet)').choices([
        'imagenet',
        'small',
        'small-stride2',
      ]),
    )
    .option('--width <channels>', "channels of the stem (default: the architecture's own)", integer(4, 512))
    .option('--size <pixels>', 'side of the images (default: 96)', integer(8, 512))
    .option('--batch-size <n>', 'images a step (default: 32)', integer(1, 4096))
    .option('--steps <n>', 'measured steps (default: 9)', integer(1, 1000));
  addRuntimeOptions(command)
    .addHelpText(
      'after',
      '\nExample:\n  $ distill-studio bench --architecture resnet18 --size 96 --batch-size 32\n',
    )
    .action(async ({ architecture, stem, width, size, batchSize, steps, ...runtime }: Options) => {
      const { output, signal } = session;
      const client = await session.engine();
      const input = { architecture, stem, width, size, batchSize, steps, runtime: runtimeOf(runtime) };
      const bench = await client.system.bench(input, { signal, onProgress: output.progress('measuring') });
      const rows = bench.rows.map(({ name, imagesPerSecond, medianMs, minMs, maxMs }) => [
        name,
        imagesPerSecond.toFixed(1),
        ...[medianMs, minMs, maxMs].map(milliseconds),
      ]);
      const text = table([['', 'images/s', 'median', 'least', 'most'], ...rows], 'lr');
      output.result('bench', bench, `backend ${bench.backend}\n${text}`);
    });
}
