import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { shellWord } from '../../contract/shell-word.ts';
import { readSweep } from '../../platform/sweep-file.ts';
import { integer } from '../arguments.ts';
import { followRun } from '../follow-run.ts';
import { counted } from '../format.ts';
import { addRuntimeOptions, runtimeOf, type RuntimeOptions } from '../runtime-options.ts';
import type { Session } from '../session.ts';

interface WriteOptions extends RuntimeOptions {
  slurm?: true;
  kubernetes?: true;
  data?: string;
  image?: string;
  claim?: string;
}

/** The commands of sweeps whose members a cluster's scheduler runs. */
export function defineSweepCluster(sweep: Command, session: Session): void {
  const write = sweep
    .command('write')
    .description('writes one for a cluster with a scheduler of its own, and starts nothing')
    .argument('<sweep>', 'JSON file (docs/sweeps.md)')
    .argument('<folder>', "on a file system that all machines share: the sweep's own folder is made in it")
    .addOption(new Option('--slurm', 'an array job for Slurm').conflicts(['kubernetes', 'image', 'claim']))
    .option('--kubernetes', 'Indexed Jobs for Kubernetes, whose pods see <folder> at the same path')
    .option('--data <path>', "dataset, instead of the recipe's: folder, table (CSV), Parquet or zip")
    .option('--image <name>', 'with --kubernetes: the image with this program (default: distill-studio)')
    .option(
      '--claim <name>',
      'with --kubernetes: the PersistentVolumeClaim of <folder> (default: distill-studio)',
    );
  addRuntimeOptions(write)
    .addHelpText(
      'after',
      '\nThreads default to 4 and decoded images to 2048 MiB a run, which is what the scheduler is asked for.\n\nExample:\n  $ distill-studio sweep write sweep.json /shared/sweeps --slurm --data /shared/GTSRB\n',
    )
    .action(async (file: string, folder: string, options: WriteOptions) => {
      const { slurm, kubernetes, image, claim } = options;
      if (!slurm && !kubernetes) throw new InvalidArgumentError('Give --slurm or --kubernetes.');
      const client = await session.engine();
      const written = await client.sweeps.write({
        sweep: await readSweep(session.resolve(file)),
        data: options.data === undefined ? null : session.resolve(options.data),
        out: session.resolve(folder),
        runtime: runtimeOf(options),
        scheduler: slurm
          ? { kind: 'slurm' }
          : {
              kind: 'kubernetes',
              ...(image !== undefined && { image }),
              ...(claim !== undefined && { claim }),
            },
      });
      const { members, first, notes, submit } = written;
      const lines = [
        `${counted(members, 'run')}, of which ${first} ${first === 1 ? 'trains a teacher and runs' : 'train teachers and run'} first.`,
        ...notes,
        `Sweep folder: ${session.shown(written.folder)}`,
        `Submit it with: sh ${shellWord(session.shown(submit))}`,
      ];
      session.output.result('sweep write', written, lines.join('\n'));
    });
  sweep
    .command('member')
    .description("runs one member of a sweep by itself, as a cluster's scheduler does")
    .argument('<sweep>', "the sweep's folder, or sweep.json in it")
    .requiredOption('--index <n>', 'which member, from 0 (members.csv)', integer(0))
    .addHelpText(
      'after',
      '\nExample:\n  $ distill-studio sweep member runs/temperatures-20261130-120000 --index 3\n',
    )
    .action(async (given: string, { index }: { index: number }) => {
      const folder = session.resolve(path.basename(given) === 'sweep.json' ? path.dirname(given) : given);
      const input = { folder, index };
      await followRun(session, 'sweep member', (client) =>
        client.sweeps.member(input, { signal: session.signal }),
      );
    });
}
