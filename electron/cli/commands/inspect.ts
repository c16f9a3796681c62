import { type Command, InvalidArgumentError } from 'commander';
import { type ImportReport, type PartReport, type SkippedFile, skipReasons } from '../../contract/dataset.ts';
import { leakHint, leakSentences } from '../../contract/leaks.ts';
import { parts } from '../../contract/parts.ts';
import type { ReadingRecipe } from '../../contract/recipe/reading.ts';
import { grouped } from '../../contract/grouped.ts';
import { unlabelledSentences } from '../../contract/unlabelled.ts';
import { onnxText } from '../onnx-text.ts';
import { counted, table } from '../format.ts';
import type { Session } from '../session.ts';

const leaksShown = 20;
const skippedShownOfEach = 8;
const foldersShown = 40;

export function defineInspect(program: Command, session: Session): void {
  program
    .command('inspect')
    .description('reads a dataset, or an ONNX file, and reports what is in it')
    .argument('<dataset>', 'folder, table (CSV), Parquet or zip; or a teacher.onnx')
    .option('--class-names <csv>', 'names of the classes: columns ClassId,SignName')
    .option(
      '--part <folder=part>',
      'what a folder holds: train, validation, test or ignore; repeatable',
      addPart,
    )
    .option('--column <use=name>', 'a column of the table for file, label or part; repeatable', addColumn)
    .option(
      '--unlabelled <path>',
      'folder or zip of images without labels, compared with the dataset; repeatable',
      addPath,
    )
    .addHelpText('after', '\nExample:\n  $ distill-studio inspect GTSRB-Training_fixed.zip\n')
    .action(async (dataset: string, options: InspectOptions) => {
      if (/\.onnx$/i.test(dataset)) return inspectOnnx(dataset, session);
      const { output, signal } = session;
      const client = await session.engine();
      const classNames = options.classNames === undefined ? null : session.resolve(options.classNames);
      const onProgress = output.progress('reading the dataset');
      const reading = { parts: options.part ?? [], columns: options.column ?? {} };
      const input = { path: session.resolve(dataset), classNames, reading };
      const labelled = await client.dataset.inspect(input, { signal, onProgress });
      const paths = options.unlabelled?.map((path) => session.resolve(path)) ?? [];
      const report: ImportReport = {
        ...labelled,
        ...(paths.length > 0 && {
          unlabelled: await client.dataset.unlabelled(
            { ...input, unlabelled: paths },
            { signal, onProgress: output.progress('reading the unlabelled images') },
          ),
        }),
      };
      output.result('inspect', report, reportText(report));
    });
}

async function inspectOnnx(file: string, { output, signal, engine, resolve }: Session): Promise<void> {
  const client = await engine();
  const teacher = { source: 'onnx' as const, path: resolve(file) };
  const found = await client.models.inspectOnnx({ teacher }, { signal });
  output.result('inspect', found, onnxText(found));
}

interface InspectOptions {
  classNames?: string;
  part?: ReadingRecipe['parts'];
  column?: Partial<ReadingRecipe['columns']>;
  unlabelled?: string[];
}

/** At the last '=', which a folder's name may have, too. */
function pairOf(text: string): [string, string] {
  const at = text.lastIndexOf('=');
  if (at < 0) throw new InvalidArgumentError('Write it as NAME=VALUE.');
  return [text.slice(0, at), text.slice(at + 1)];
}

const addPath = (path: string, others: string[] | undefined): string[] => [...(others ?? []), path];

function addPart(text: string, others: ReadingRecipe['parts'] = []): ReadingRecipe['parts'] {
  const [folder, word] = pairOf(text);
  const part = ([...parts, 'ignore'] as const).find((one) => one === word);
  if (part === undefined) throw new InvalidArgumentError(`The part is one of: ${parts.join(', ')}, ignore.`);
  return [...others, { folder, part }];
}

function addColumn(text: string, others: InspectOptions['column'] = {}): InspectOptions['column'] {
  const at = text.indexOf('=');
  const use = (['file', 'label', 'part'] as const).find((one) => one === text.slice(0, at));
  if (use === undefined) throw new InvalidArgumentError('Write it as file=NAME, label=NAME or part=NAME.');
  return { ...others, [use]: text.slice(at + 1) };
}

function reportText(report: ImportReport): string {
  const hasValidation = report.validation.images > 0;
  const classes = report.classes.map(({ id, name, train, tracks, validation, test }) => [
    String(id),
    name,
    ...(hasValidation ? [train, tracks, validation, test] : [train, tracks, test]).map(String),
  ]);
  const columns = ['training', 'tracks', ...(hasValidation ? ['validation'] : []), 'test'];
  const leaks = report.leaks.slice(0, leaksShown).map(({ train, part, other }) => [train, part, other]);
  return [
    `${report.path}: format ${report.format}, ${counted(report.classes.length, 'class', 'classes')}`,
    partText('training', report.train),
    ...(hasValidation ? [partText('validation', report.validation)] : []),
    partText('test', report.test),
    `fingerprint ${report.fingerprint}`,
    ...leakSentences(report.leaks, false),
    ...(report.leaks.some(({ sameBytes }) => !sameBytes) ? [leakHint] : []),
    ...drawnLines(report),
    ...(leaks.length > 0 ? ['', table([['training', 'also in', 'file'], ...leaks], 'l')] : []),
    '',
    table([['id', 'class', ...columns], ...classes], 'rlr'),
    ...readingLines(report),
    ...skippedLines(report.skipped),
    ...unlabelledLines(report),
  ].join('\n');
}

/** What a dataset alone does not show: parts that only a run's division makes. */
function drawnLines({ validation, test }: ImportReport): string[] {
  const drawn = [
    ...(validation.images === 0 ? ['validation'] : []),
    ...(test.images === 0 ? ['test'] : []),
  ].join(' and ');
  return drawn === ''
    ? []
    : [`A run draws its ${drawn} images from the training images, and checks for duplicates then.`];
}

const partNames = { train: 'training', validation: 'validation', test: 'test', ignore: 'not used' } as const;

/** How the layout was understood, and how to change that. */
function readingLines({ reading: { parts: found, table: read, notes } }: ImportReport): string[] {
  const folders = found
    .slice(0, foldersShown)
    .map(({ folder, part, images, why }) => [
      folder === '' ? '.' : folder,
      partNames[part],
      counted(images, 'image'),
      why,
    ]);
  const more = found.length - folders.length;
  return [
    ...(folders.length > 0
      ? ['', 'Folders and their parts (--part FOLDER=PART to change)', table(folders, 'l')]
      : []),
    ...(more > 0 ? [`... and ${more} more; --json lists all`] : []),
    ...(read ? ['', `${read.file}: ${read.how}`] : []),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ];
}

function unlabelledLines({ unlabelled }: ImportReport): string[] {
  if (!unlabelled) return [];
  return ['', ...unlabelledSentences(unlabelled), ...skippedLines(unlabelled.skipped)];
}

/** By reason, so that none hides the others. */
function skippedLines(skipped: readonly SkippedFile[]): string[] {
  if (skipped.length === 0) return [];
  const largestFirst = [...grouped(skipped, ({ reason }) => reason)].sort(
    ([, a], [, b]) => b.length - a.length,
  );
  return [
    '',
    `${counted(skipped.length, 'file')} not used`,
    ...largestFirst.flatMap(([reason, files]) => {
      const shown = files.slice(0, skippedShownOfEach).map(({ file, detail }) => ['', file, detail]);
      const more = files.length - shown.length;
      return [
        '',
        `${files.length} ${skipReasons[reason]}`,
        table(shown, 'l'),
        ...(more > 0 ? [`  ... and ${more} more; --json lists all`] : []),
      ];
    }),
  ];
}

function partText(name: string, { images, tracks, sides }: PartReport): string {
  const inTracks = tracks > 0 ? ` in ${counted(tracks, 'track')}` : '';
  const size = images > 0 ? `, sides ${sides.min} to ${sides.max} px, median ${sides.median}` : '';
  return `${name}: ${counted(images, 'image')}${inTracks}${size}`;
}
