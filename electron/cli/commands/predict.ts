import { Option, type Command } from 'commander';
import { DistillError } from '../../contract/errors.ts';
import { type Role, roles } from '../../contract/run.ts';
import type { Prediction } from '../../contract/prediction.ts';
import { latency, orDash, percent, table } from '../format.ts';
import { addHintOptions, type HintOptions, hintsOf, refuseHints } from '../hint-options.ts';
import { isNetworkFile } from '../network-file.ts';
import { addRuntimeOptions, runtimeOf, type RuntimeOptions } from '../runtime-options.ts';
import type { Session } from '../session.ts';

interface Options extends RuntimeOptions, HintOptions {
  model: Role;
}

export function definePredict(program: Command, session: Session): void {
  const command = program
    .command('predict')
    .description("classifies images with a run's model or an exported network")
    .argument('<run>', 'run folder, or an exported network: a file, or a folder with one')
    .argument('<image...>', 'image files')
    .addOption(new Option('--model <role>', 'which model').choices(roles).default('student'));
  addRuntimeOptions(addHintOptions(command))
    .addHelpText(
      'after',
      '\nExamples:\n  $ distill-studio predict runs/gtsrb-32 00000.ppm 00001.png --model student\n  $ distill-studio predict student.onnx 00000.ppm\n',
    )
    .action(async (run: string, files: string[], options: Options) => {
      const { output, signal } = session;
      const client = await session.engine();
      const images = files.map((file) => session.resolve(file));
      const given = session.resolve(run);
      const call = { signal, onProgress: output.progress('predicting') };
      const isFile = isNetworkFile(given);
      if (!isFile) refuseHints(options, run);
      const predictions = isFile
        ? await client.exported.predict(
            { file: given, hints: await hintsOf(options, session), images, runtime: runtimeOf(options) },
            call,
          )
        : await client.runs.predict(
            { folder: given, images, role: options.model, runtime: runtimeOf(options) },
            call,
          );
      output.result(
        'predict',
        predictions,
        predictions.map((one) => predictionText(one, session)).join('\n\n'),
      );
      const unread = predictions.filter(({ error }) => error !== null).length;
      if (unread === 0) return;
      const message = `${unread} of ${files.length} images could not be read.`;
      throw new DistillError(
        'IMAGE_UNREADABLE',
        message,
        'Give JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or PPM (P6) images.',
      );
    });
}

function predictionText({ image, error, latency: measured, top5 }: Prediction, session: Session): string {
  if (error) return `${session.shown(image)}\n  ${error.message}`;
  const rows = top5.map(({ id, name, probability }) => [percent(probability).padStart(10), String(id), name]);
  return `${session.shown(image)}  ${orDash(measured, latency)}\n${table(rows, 'rrl')}`;
}
