import { type Command, InvalidArgumentError, Option } from 'commander';
import { DistillError } from '../contract/errors.ts';
import type { Hints } from '../contract/exported.ts';
import { hintFields } from '../contract/recipe/network-hints.ts';
import { imagenetStatistics } from '../contract/recipe/statistics.ts';
import { readTextFile } from '../platform/files.ts';
import { integer } from './arguments.ts';
import type { Session } from './session.ts';

/** Options for what a network file does not state itself. */
export interface HintOptions {
  imageSize?: NonNullable<Hints['size']>;
  inputValues?: NonNullable<Hints['values']>;
  channels?: NonNullable<Hints['channels']>;
  resize?: NonNullable<Hints['resize']>;
  layout?: NonNullable<Hints['layout']>;
  outputs?: NonNullable<Hints['gives']>;
  classNames?: string;
}

function parseValues(text: string): NonNullable<Hints['values']> {
  if (text === 'pixels' || text === 'unit') return text;
  if (text === 'imagenet') return imagenetStatistics;
  const numbers = text.split(',').map(Number);
  const [r, g, b] = [0, 1, 2].map((at) => numbers[at]!) as [number, number, number];
  const std = numbers.slice(3) as [number, number, number];
  if (numbers.length === 6 && numbers.every(Number.isFinite) && std.every((one) => one > 0))
    return { mean: [r, g, b], std };
  throw new InvalidArgumentError(
    'Write pixels, unit, imagenet, or three means and three standard deviations with commas between them.',
  );
}

export const addHintOptions = (command: Command): Command =>
  command
    .option(
      '--image-size <pixels>',
      'for a network file that does not state it: the side of its square image',
      integer(8, 512),
    )
    .option(
      '--input-values <kind>',
      'for a network file: its input values: pixels (0 to 255), unit (0 to 1), imagenet (normalised), or six numbers: means and standard deviations of RGB in [0, 1], separated by commas',
      parseValues,
    )
    .addOption(
      new Option('--channels <order>', 'for a network file: the order of its channels').choices(
        hintFields.channels.options,
      ),
    )
    .addOption(
      new Option('--resize <rule>', 'for a network file: how images are made square').choices(
        hintFields.resize.options,
      ),
    )
    .addOption(
      new Option('--layout <axes>', 'for an ONNX file: the order of the axes of its input').choices(
        hintFields.layout.options,
      ),
    )
    .addOption(
      new Option('--outputs <kind>', 'for an ONNX file: what its outputs are').choices(
        hintFields.gives.options,
      ),
    )
    .option('--class-names <file>', 'for a network file: the names of its outputs, one per line');

/** Throws INVALID_INPUT where options of a network's file are given with a run. */
export function refuseHints(
  { imageSize, inputValues, channels, resize, layout, outputs, classNames }: HintOptions,
  run: string,
): void {
  if ((imageSize ?? inputValues ?? channels ?? resize ?? layout ?? outputs ?? classNames) === undefined)
    return;
  throw new DistillError(
    'INVALID_INPUT',
    `"${run}" is a run, which has its own image size, values, channels and class names.`,
    'Leave out --image-size, --input-values, --channels, --resize, --layout, --outputs and --class-names, or name a network file.',
  );
}

/** Throws NOT_FOUND, INVALID_INPUT for a list without names. */
export async function hintsOf(
  { imageSize, inputValues, channels, resize, layout, outputs, classNames }: HintOptions,
  session: Session,
): Promise<Hints> {
  return {
    ...(imageSize !== undefined && { size: imageSize }),
    ...(inputValues !== undefined && { values: inputValues }),
    ...(channels !== undefined && { channels }),
    ...(resize !== undefined && { resize }),
    ...(layout !== undefined && { layout }),
    ...(outputs !== undefined && { gives: outputs }),
    ...(classNames !== undefined && { classes: await namesIn(session.resolve(classNames)) }),
  };
}

async function namesIn(file: string): Promise<string[]> {
  const names = (await readTextFile(file)).split(/\r?\n/).map((line) => line.trim());
  while (names.at(-1) === '') names.pop();
  const empty = names.indexOf('');
  if (names.length > 0 && empty < 0) return names;
  throw new DistillError(
    'INVALID_INPUT',
    names.length === 0 ? `"${file}" has no class names.` : `Line ${empty + 1} of "${file}" is empty.`,
    'Write the name of a class on each line, in the order of the outputs.',
  );
}
