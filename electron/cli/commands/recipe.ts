import type { Command } from 'commander';
import { listed } from '../../contract/listed.ts';
import { readRecipe } from '../../platform/recipe-file.ts';
import { counted } from '../format.ts';
import type { Session } from '../session.ts';

const example = '\nExample:\n  $ distill-studio recipe write-torch recipe.json project --data GTSRB\n';

export function defineRecipe(program: Command, session: Session): void {
  const recipe = program
    .command('recipe')
    .description('writes a recipe down for other programs')
    .addHelpText('after', example);
  recipe
    .command('write-torch')
    .description('a PyTorch project of the recipe, for trainings that outgrow one machine (torchrun)')
    .argument('<recipe>', 'JSON file, e.g. one of resources/recipes/')
    .argument('<folder>', 'where to write it; must be empty or new')
    .option('--data <path>', "dataset, instead of the recipe's: folder, table (CSV), Parquet or zip")
    .addHelpText('after', example)
    .action(async (file: string, folder: string, { data }: { data?: string }) => {
      const { output, signal } = session;
      const input = {
        recipe: await readRecipe(session.resolve(file)),
        data: data === undefined ? null : session.resolve(data),
        folder: session.resolve(folder),
      };
      const client = await session.engine();
      const onProgress = output.progress('reading the dataset');
      const written = await client.recipes.writeTorch(input, { signal, onProgress });
      const { copiedImages, notes, roles } = written;
      const lines = [
        `A PyTorch project in ${session.shown(written.folder)}, which trains ${listed(roles)}; README.md shows the commands.`,
        ...(copiedImages > 0 ? [`${counted(copiedImages, 'image')} copied into it.`] : []),
        ...notes,
      ];
      output.result('recipe write-torch', written, lines.join('\n'));
    });
}
