import { Option, type Command } from 'commander';
import { exportFormats, type ExportFormat } from '../../contract/exports.ts';
import { type TensorNames, tensorNames } from '../../contract/recipe.ts';
import { spreadsheetNote } from '../../contract/spreadsheet.ts';
import { choices } from '../arguments.ts';
import type { Session } from '../session.ts';

interface Options {
  format?: ExportFormat[];
  names: TensorNames;
  out?: string;
}

export function defineExport(program: Command, session: Session): void {
  program
    .command('export')
    .description("writes a run's weights and report for other programs and people")
    .argument('<run>', 'run folder')
    .option('--format <names>', `out of ${exportFormats.join(', ')} (default: all)`, choices(exportFormats))
    .addOption(
      new Option(
        '--names <kind>',
        "fastai: also writes the models with fastai's head under the names of fastai's create_cnn_model (0.0.weight, ..., 1.8.weight)",
      )
        .choices(tensorNames)
        .default('torchvision'),
    )
    .option('--out <folder>', "where to (default: the run's own exports/)")
    .addHelpText(
      'after',
      '\nExample:\n  $ distill-studio export runs/gtsrb-32 --format safetensors --out weights\n',
    )
    .action(async (run: string, options: Options) => {
      const { output, signal } = session;
      const client = await session.engine();
      const out = options.out === undefined ? null : session.resolve(options.out);
      const input = { folder: session.resolve(run), formats: options.format, names: options.names, out };
      const exported = await client.runs.export(input, { signal, onProgress: output.progress('exporting') });
      const hasTables = exported.files.some((file) => file.endsWith('.csv'));
      const lines = exported.files.map((file) => session.shown(file));
      output.result('export', exported, [...lines, ...(hasTables ? [spreadsheetNote] : [])].join('\n'));
    });
}
