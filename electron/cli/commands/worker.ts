import { InvalidArgumentError, Option, type Command } from 'commander';
import { integer } from '../arguments.ts';
import { followQueue, queueOption } from '../queue-options.ts';
import type { Session } from '../session.ts';

interface Options {
  queue: string;
  folder: string;
  name?: string;
  cores?: number;
  threads?: number;
  memory?: number;
  data: Record<string, string>;
  shared?: string;
  lease: number;
}

/** NAME=PATH, any number of times. */
function named(text: string, earlier: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new InvalidArgumentError('Write NAME=PATH, such as GTSRB=/data/gtsrb.');
  return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
}

export function defineWorker(program: Command, session: Session): void {
  program
    .command('worker')
    .description('takes members of sweeps from a queue and runs them on this machine')
    .addOption(queueOption().makeOptionMandatory())
    .option(
      '--folder <folder>',
      'where it works; what lies there may be deleted when it has ended',
      'distill-worker',
    )
    .option('--name <name>', "its name in the sweep's status (default: this machine's)")
    .option('--cores <n>', 'cores on offer (default: all)', integer(1, 1024))
    .option(
      '--threads <n>',
      'threads of each member; several run at a time where there are cores',
      integer(1, 256),
    )
    .option(
      '--memory <GiB>',
      "for the members' images (default: a quarter of the machine's)",
      integer(1, 65_536),
    )
    .option(
      '--data <name=path>',
      'a dataset that is here, by the name of its folder or file; repeatable',
      named,
      {},
    )
    .option('--shared <folder>', 'the folder that all machines see, as this one sees it')
    .addOption(
      new Option('--lease <s>', 'seconds of silence after which a member goes to another worker')
        .argParser(integer(1, 3600))
        .default(30),
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ distill-studio worker --queue redis://host --shared /mnt/runs --data GTSRB=/data/GTSRB\n',
    )
    .action((options: Options) => work(options, session));
}

async function work({ queue, folder, data, shared, ...offer }: Options, session: Session): Promise<void> {
  const { output, signal, resolve } = session;
  const client = await session.engine({ ownProcesses: true });
  const paths = Object.entries(data).map(([name, file]) => [name, resolve(file)] as const);
  const unfollow = followQueue(client, output);
  try {
    await client.sweeps.work(
      {
        ...offer,
        url: queue,
        folder: resolve(folder),
        data: Object.fromEntries(paths),
        shared: shared === undefined ? null : resolve(shared),
      },
      { signal },
    );
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    output.note('Members at work end after their batch and go to other workers.');
  } finally {
    unfollow();
  }
}
