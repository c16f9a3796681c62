import type { Command } from 'commander';
import { followRun } from '../follow-run.ts';
import { addRuntimeOptions, runtimeOf, type RuntimeOptions } from '../runtime-options.ts';
import type { Session } from '../session.ts';

interface Options extends RuntimeOptions {
  data?: string;
}

export function defineResume(program: Command, session: Session): void {
  const command = program
    .command('resume')
    .description('goes on with a run that was stopped or interrupted, from its last checkpoint')
    .argument('<run>', 'run folder')
    .option('--data <path>', 'where the dataset is now, if it has moved');
  addRuntimeOptions(command)
    .addHelpText('after', '\nExample:\n  $ distill resume runs/gtsrb-32\n')
    .action(async (run: string, options: Options) => {
      const data = options.data === undefined ? null : session.resolve(options.data);
      const given = runtimeOf(options);
      const runtime = Object.keys(given).length === 0 ? null : given;
      const input = { folder: session.resolve(run), data, runtime };
      await followRun(session, 'resume', (client) => client.runs.resume(input));
    });
}
