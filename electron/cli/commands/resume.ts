import path from 'node:path';
import type { Command } from 'commander';
import { followRun } from '../follow-run.ts';
import { addRuntimeOptions, runtimeOf, type RuntimeOptions } from '../runtime-options.ts';
import { addTeacherLogits, logitsFolderOf, type TeacherLogitsOptions } from '../teacher-logits-options.ts';
import type { Session } from '../session.ts';

interface Options extends RuntimeOptions, TeacherLogitsOptions {
  data?: string;
}

export function defineResume(program: Command, session: Session): void {
  const command = program
    .command('resume')
    .description('continues a stopped or interrupted run from its last checkpoint')
    .argument('<run>', 'run folder')
    .option('--data <path>', 'where the dataset is now, if it has moved');
  addRuntimeOptions(addTeacherLogits(command))
    .addHelpText('after', '\nExample:\n  $ distill-studio resume runs/gtsrb-32\n')
    .action(async (run: string, options: Options) => {
      const data = options.data === undefined ? null : session.resolve(options.data);
      const given = runtimeOf(options);
      const runtime = Object.keys(given).length === 0 ? null : given;
      const folder = session.resolve(run);
      const logitsFolder = logitsFolderOf(options, path.dirname(folder), session);
      const input = { folder, data, logitsFolder, runtime };
      await followRun(session, 'resume', (client) => client.runs.resume(input));
    });
}
