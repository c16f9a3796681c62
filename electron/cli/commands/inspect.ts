import type { Command } from 'commander';
import type { ImportReport, PartReport } from '../../contract/dataset.ts';
import { counted, table } from '../format.ts';
import type { Session } from '../session.ts';

const skippedShown = 20;

export function defineInspect(program: Command, session: Session): void {
  program
    .command('inspect')
    .description('reads a dataset and says what is in it')
    .argument('<dataset>', 'folder, CSV or zip')
    .option('--class-names <csv>', 'names of the classes: columns ClassId,SignName')
    .addHelpText('after', '\nExample:\n  $ distill-studio inspect GTSRB-Training_fixed.zip\n')
    .action(async (dataset: string, options: { classNames?: string }) => {
      const { output, signal } = session;
      const client = await session.engine();
      const classNames = options.classNames === undefined ? null : session.resolve(options.classNames);
      const onProgress = output.progress('reading the dataset');
      const input = { path: session.resolve(dataset), classNames };
      const report = await client.dataset.inspect(input, { signal, onProgress });
      output.result('inspect', report, reportText(report));
    });
}

function reportText(report: ImportReport): string {
  const classes = report.classes.map(({ id, name, train, tracks, test }) => [
    String(id),
    name,
    ...[train, tracks, test].map(String),
  ]);
  const skipped = report.skipped
    .slice(0, skippedShown)
    .map(({ file, reason, detail }) => [file, reason, detail]);
  const more = report.skipped.length - skipped.length;
  return [
    `${report.path}: format ${report.format}, ${counted(report.classes.length, 'class', 'classes')}`,
    partText('training', report.train),
    partText('test', report.test),
    `fingerprint ${report.fingerprint}`,
    '',
    table([['id', 'class', 'training', 'tracks', 'test'], ...classes], 'rlr'),
    ...(skipped.length > 0
      ? ['', `${counted(report.skipped.length, 'file')} skipped`, table(skipped, 'l')]
      : []),
    ...(more > 0 ? [`... and ${more} more; --json lists all`] : []),
  ].join('\n');
}

function partText(name: string, { images, tracks, sides }: PartReport): string {
  const inTracks = tracks > 0 ? ` in ${counted(tracks, 'track')}` : '';
  const size = images > 0 ? `, sides ${sides.min} to ${sides.max} px, median ${sides.median}` : '';
  return `${name}: ${counted(images, 'image')}${inTracks}${size}`;
}
