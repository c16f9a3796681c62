import type { Command } from 'commander';
import { followRun } from '../follow-run.ts';
import { readRecipe } from '../../platform/recipe-file.ts';
import { methodHelp } from '../method-help.ts';
import { planOption, planRun } from '../plan.ts';
import { addRuntimeOptions, runtimeOf, type RuntimeOptions } from '../runtime-options.ts';
import { addTeacherLogits, logitsFolderOf, type TeacherLogitsOptions } from '../teacher-logits-options.ts';
import type { Session } from '../session.ts';

interface Options extends RuntimeOptions, TeacherLogitsOptions {
  data?: string;
  out: string;
  dropLeaks?: true;
  plan?: true;
}

export function defineRun(program: Command, session: Session): void {
  const command = program
    .command('run')
    .description('trains, distils and evaluates as a recipe describes, and writes a run folder')
    .argument('<recipe>', 'JSON file, e.g. one of resources/recipes/')
    .option('--data <path>', "dataset, instead of the recipe's: folder, table (CSV), Parquet or zip")
    .option('--out <folder>', "where the run's own folder is made", 'runs')
    .option(
      '--drop-leaks',
      'leaves out training images that show the same picture as a validation or test image',
    )
    .option(...planOption('estimates'));
  addRuntimeOptions(addTeacherLogits(command))
    .addHelpText('after', methodHelp)
    .addHelpText(
      'after',
      '\nExample:\n  $ distill-studio run resources/recipes/gtsrb-32.json --data GTSRB --out runs\n',
    )
    .action(async (file: string, options: Options) => {
      const read = await readRecipe(session.resolve(file));
      const recipe = options.dropLeaks ? { ...read, data: { ...read.data, dropLeaks: true } } : read;
      const data = options.data === undefined ? null : session.resolve(options.data);
      const out = session.resolve(options.out);
      const logitsFolder = logitsFolderOf(options, out, session);
      const runtime = runtimeOf(options);
      if (options.plan)
        return planRun(session, { recipe, data, runtime, storesLogits: logitsFolder !== null });
      const input = { recipe, data, out, logitsFolder, runtime };
      await followRun(session, 'run', (client) => client.runs.start(input));
    });
}
