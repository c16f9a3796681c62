import { Option, type Command } from 'commander';
import {
  defaultExports,
  defaultNetworkOptions,
  type ExportFormat,
  exportFormats,
  type NetworkOptions,
  onnxInputs,
  tensorNames,
  type TensorNames,
  tfliteInputs,
} from '../../contract/exports.ts';
import { type Role, roles } from '../../contract/run.ts';
import { spreadsheetNote } from '../../contract/spreadsheet.ts';
import { choices, parseShare } from '../arguments.ts';
import { phaseProgress } from '../call-phases.ts';
import { exportRowsText } from '../export-rows-text.ts';
import { addRuntimeOptions, runtimeOf, type RuntimeOptions } from '../runtime-options.ts';
import type { Session } from '../session.ts';

interface Options extends RuntimeOptions {
  format?: ExportFormat[];
  names: TensorNames;
  role?: Role[];
  input: NetworkOptions['onnxInput'];
  tfliteInput: NetworkOptions['tfliteInput'];
  maxLoss?: number;
  license?: string;
  correctBiases?: boolean;
  check: boolean;
  data?: string;
  out?: string;
}

export function defineExport(program: Command, session: Session): void {
  const command = program
    .command('export')
    .description("writes a run's weights and report for other programs and people")
    .argument('<run>', 'run folder')
    .option(
      '--format <names>',
      `out of ${exportFormats.join(', ')} (default: ${defaultExports.join(', ')})`,
      choices(exportFormats),
    )
    .addOption(
      new Option(
        '--names <kind>',
        "fastai: also writes the models with fastai's head under the names of fastai's create_cnn_model (0.0.weight, ..., 1.8.weight)",
      )
        .choices(tensorNames)
        .default('torchvision'),
    )
    .option(
      '--role <names>',
      `which models, out of ${roles.join(', ')} (default: the student)`,
      choices(roles),
    )
    .addOption(
      new Option(
        '--input <kind>',
        'for ONNX: image takes RGB pixels; normalised takes input that the caller has normalised (float, NCHW)',
      )
        .choices(onnxInputs)
        .default(defaultNetworkOptions.onnxInput),
    )
    .addOption(
      new Option('--tflite-input <type>', 'for int8 TensorFlow Lite: the type of its pixels')
        .choices(tfliteInputs)
        .default(defaultNetworkOptions.tfliteInput),
    )
    .option(
      '--max-loss <share>',
      `share of validation accuracy that int8 may lose (default: ${defaultNetworkOptions.maxLoss})`,
      parseShare,
    )
    .option(
      '--license <name>',
      "the networks' licence, stated in their files: an SPDX identifier such as Apache-2.0, or a name (default: unknown)",
    )
    .option(
      '--correct-biases',
      'writes into the networks the biases that the evaluation corrected for classes that the student never saw (not into safetensors, which stay as trained)',
    )
    .option('--no-check', 'does not run the exported files over the test images')
    .option('--data <path>', 'where the dataset is now, for int8 and for checks')
    .option('--out <folder>', "where to (default: the run's own exports/)");
  addRuntimeOptions(command)
    .addHelpText(
      'after',
      '\nExample:\n  $ distill-studio export runs/gtsrb-32 --format safetensors,onnx --out weights\n',
    )
    .action(async (run: string, options: Options) => {
      const { output, signal } = session;
      const client = await session.engine();
      const out = options.out === undefined ? null : session.resolve(options.out);
      const input = {
        folder: session.resolve(run),
        formats: options.format,
        names: options.names,
        roles: options.role ?? null,
        onnxInput: options.input,
        tfliteInput: options.tfliteInput,
        maxLoss: options.maxLoss,
        license: options.license ?? null,
        correctBiases: options.correctBiases ?? false,
        check: options.check,
        data: options.data === undefined ? null : session.resolve(options.data),
        out,
        runtime: runtimeOf(options),
      };
      const exported = await client.runs.export(input, {
        signal,
        onProgress: phaseProgress(output, 'write'),
      });
      const hasTables = exported.files.some((file) => file.endsWith('.csv'));
      const lines = [
        ...exported.files.map((file) => session.shown(file)),
        ...(hasTables ? [spreadsheetNote] : []),
        ...exportRowsText(exported.rows),
        ...exported.notes,
      ];
      output.result('export', exported, lines.join('\n'));
    });
}
