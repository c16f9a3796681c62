import path from 'node:path';
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { DistillError } from '../../contract/errors.ts';
import type { Client } from '../../contract/services.ts';
import { shellWord } from '../../contract/shell-word.ts';
import { sweepCsv } from '../../contract/sweep/sweep-csv.ts';
import type { SweepStatus } from '../../contract/sweep/sweep-status.ts';
import { fileError } from '../../platform/files.ts';
import { readSweep } from '../../platform/sweep-file.ts';
import { integer } from '../arguments.ts';
import { planOption, planSweep } from '../plan.ts';
import { addQueueOptions, followQueue, queueOf, type QueueOptions } from '../queue-options.ts';
import { addRuntimeOptions, runtimeOf, type RuntimeOptions } from '../runtime-options.ts';
import type { Session } from '../session.ts';
import { defineSweepCluster } from './sweep-cluster.ts';
import { stopOnInterrupt } from '../stop-on-interrupt.ts';
import { showSweep } from '../show-sweep.ts';
import { statusText, tableText } from '../sweep-text.ts';

interface Options extends RuntimeOptions, QueueOptions {
  data?: string;
  out: string;
  atOnce?: number;
  plan?: boolean;
}

type ResumeOptions = QueueOptions & Pick<Options, 'data' | 'atOnce'>;

const atOnceOption = (whichElse: string): [string, string, (text: string) => number] => [
  '--at-once <n>',
  `runs at the same time, the cores shared out among them (default: ${whichElse})`,
  integer(1, 256),
];

export function defineSweep(program: Command, session: Session): void {
  const sweep = program
    .command('sweep')
    .description('several runs from one file: temperatures, methods, networks, seeds')
    .addHelpText('after', '\nExample:\n  $ distill-studio sweep run sweep.json --data GTSRB --out runs\n');
  const command = sweep
    .command('run')
    .description('starts one: every setting with every seed, one shared teacher')
    .argument('<sweep>', 'JSON file (docs/sweeps.md)')
    .option('--data <path>', "dataset, instead of the recipe's: folder, table (CSV), Parquet or zip")
    .option('--out <folder>', "where the sweep's own folder is made", 'runs')
    .option(...atOnceOption('1'))
    .option(...planOption('counts its runs and estimates'));
  addRuntimeOptions(addQueueOptions(command))
    .addHelpText('after', '\nExample:\n  $ distill-studio sweep run sweep.json --data GTSRB --out runs\n')
    .action(async (file: string, options: Options) => {
      const input = {
        sweep: await readSweep(session.resolve(file)),
        data: options.data === undefined ? null : session.resolve(options.data),
        out: session.resolve(options.out),
        runtime: runtimeOf(options),
        ...(options.atOnce !== undefined && { atOnce: options.atOnce }),
        queue: queueOf(options, session),
      };
      if (options.plan) return planSweep(session, input);
      await followSweep(session, 'sweep run', (client) => client.sweeps.start(input));
    });
  const resume = sweep
    .command('resume')
    .description('continues a stopped one; members that failed are tried again')
    .argument('<folder>', "the sweep's folder")
    .option('--data <path>', 'where the dataset is now, if it has moved')
    .option(...atOnceOption('as before'));
  addQueueOptions(resume)
    .addHelpText('after', '\nExample:\n  $ distill-studio sweep resume runs/temperatures-20261130-120000\n')
    .action(async (given: string, options: ResumeOptions) => {
      const input = {
        folder: session.resolve(given),
        data: options.data === undefined ? null : session.resolve(options.data),
        ...(options.atOnce !== undefined && { atOnce: options.atOnce }),
        queue: queueOf(options, session),
      };
      await followSweep(session, 'sweep resume', (client) => client.sweeps.resume(input));
    });
  sweep
    .command('status')
    .description('how far it is, and how each member ended')
    .argument('<folder>', "the sweep's folder")
    .addHelpText('after', '\nExample:\n  $ distill-studio sweep status runs/temperatures-20261130-120000\n')
    .action(async (given: string) => {
      const client = await session.engine();
      const status = await client.sweeps.status({ folder: session.resolve(given) });
      session.output.result('sweep status', status, statusText(status, session.shown));
    });
  sweep
    .command('stop')
    .description('ends one that another terminal works on, after its batch; it can be resumed')
    .argument('<folder>', "the sweep's folder")
    .addHelpText('after', '\nExample:\n  $ distill-studio sweep stop runs/temperatures-20261130-120000\n')
    .action(async (given: string) => {
      const client = await session.engine();
      const folder = session.resolve(given);
      await client.sweeps.stop({ folder });
      session.output.result('sweep stop', { folder }, 'It stops after its batch and is saved.');
    });
  sweep
    .command('table')
    .description('scores, costs and comparisons of its settings')
    .argument('<folder>', "the sweep's folder")
    .option('--csv <file>', 'also writes one line a setting')
    .addHelpText('after', '\nExample:\n  $ distill-studio sweep table runs/temperatures-20261130-120000\n')
    .action(async (given: string, { csv }: { csv?: string }) => {
      const client = await session.engine();
      const table = await client.sweeps.table({ folder: session.resolve(given) }, { signal: session.signal });
      if (csv !== undefined) {
        const file = session.resolve(csv);
        await writeFile(file, sweepCsv(table), { flag: 'wx' }).catch((thrown: unknown) => {
          throw fileError(thrown, file);
        });
      }
      session.output.result('sweep table', table, tableText(table));
    });
  sweep
    .command('report')
    .description('writes one HTML file with its settings, charts and comparisons')
    .argument('<folder>', "the sweep's folder")
    .option('--out <file>', "where to (default: report.html in the sweep's folder)")
    .addHelpText('after', '\nExample:\n  $ distill-studio sweep report runs/temperatures-20261130-120000\n')
    .action(async (given: string, { out }: { out?: string }) => {
      const client = await session.engine();
      const { file } = await client.sweeps.report(
        { folder: session.resolve(given), out: out === undefined ? null : session.resolve(out) },
        { signal: session.signal },
      );
      session.output.result('sweep report', { file }, session.shown(file));
    });
  defineSweepCluster(sweep, session);
}

/** Starts a sweep and shows it to its end. Ctrl-C stops it after the batch. Throws CANCELLED once stopped, with the way to go on. */
async function followSweep(
  session: Session,
  command: string,
  start: (client: Client) => Promise<{ folder: string }>,
): Promise<void> {
  const { output } = session;
  const client = await session.engine({ ownProcesses: true });
  const unfollow = followQueue(client, output);
  const { folder } = await start(client);
  output.event({ type: 'started', folder });
  output.note(`Sweep folder: ${session.shown(folder)}`);
  const ended = new AbortController();
  const onProgress = showSweep(client, folder, output, ended.signal);
  const status = await stopOnInterrupt(
    session,
    () => client.sweeps.stop({ folder }),
    () => client.sweeps.wait({ folder }, { onProgress }),
  ).finally(() => ended.abort());
  unfollow();
  if (status.state !== 'completed') throw unfinished(session, status);
  const table = await client.sweeps.table({ folder });
  const place = `Sweep folder: ${session.shown(folder)}`;
  output.result(command, { folder, status, table }, `\n${tableText(table)}\n\n${place}`);
}

function unfinished(session: Session, { folder, error, members }: SweepStatus): DistillError {
  const resume = `Resume with: distill-studio sweep resume ${shellWord(session.shown(folder))}`;
  if (error) return new DistillError(error.code, error.message, `${error.hint} ${resume}`.trim());
  const done = members.filter(({ state }) => state === 'completed').length;
  return new DistillError(
    'CANCELLED',
    `The sweep was stopped after ${done} of ${members.length} runs: ${path.basename(folder)}.`,
    resume,
  );
}
