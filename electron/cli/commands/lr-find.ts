import { Option, type Command } from 'commander';
import { phaseProgress } from '../call-phases.ts';
import { nothing, table } from '../format.ts';
import { readRecipe } from '../../platform/recipe-file.ts';
import { addRuntimeOptions, runtimeOf, type RuntimeOptions } from '../runtime-options.ts';
import type { Session } from '../session.ts';

interface Options extends RuntimeOptions {
  data?: string;
  role: 'teacher' | 'student';
}

const meanings = {
  valley: 'in the longest valley of the curve: the usual choice',
  steep: 'where the loss falls fastest',
  minimum: 'a tenth of where the loss is least',
};

export function defineLrFind(program: Command, session: Session): void {
  const command = program
    .command('lr-find')
    .description('tries growing learning rates for a few batches and suggests one')
    .argument('<recipe>', 'JSON file')
    .option('--data <path>', "dataset, instead of the recipe's")
    .addOption(new Option('--role <role>', 'which model').choices(['teacher', 'student']).default('student'));
  addRuntimeOptions(command)
    .addHelpText(
      'after',
      '\nExample:\n  $ distill-studio lr-find resources/recipes/gtsrb-32.json --data GTSRB --role teacher\n',
    )
    .action(async (file: string, options: Options) => {
      const { output, signal } = session;
      const recipe = await readRecipe(session.resolve(file));
      const data = options.data === undefined ? null : session.resolve(options.data);
      const client = await session.engine();
      const onProgress = phaseProgress(output, 'search');
      const input = { recipe, data, role: options.role, runtime: runtimeOf(options) };
      const curve = await client.training.findLearningRate(input, { signal, onProgress });
      const rows = (['valley', 'steep', 'minimum'] as const).map((name) => {
        const rate = curve.suggestions[name];
        return [name, rate === null ? nothing : rate.toExponential(1), meanings[name]];
      });
      const text = `Learning rates for the ${options.role}, after ${curve.losses.length} batches\n${table(rows, 'lrl')}`;
      output.result('lr-find', curve, text);
    });
}
