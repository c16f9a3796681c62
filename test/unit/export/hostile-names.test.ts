import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { exportRun, saveMistakeImages } from '../../../electron/engine/export/index.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { start, temporaryFolder } from '../run-folder/support.ts';
import { fakeReport } from './fake-run.ts';

const long = 'x'.repeat(300);
/** Members of Object's prototype, and what would be something else as a file's name. */
const names = [
  'constructor',
  '__proto__',
  'toString',
  '..',
  'CON',
  'a/b',
  'a\\b',
  long,
  'nul.txt',
  '\u202Egnp',
];

async function finishedRun() {
  const data = fakeReport(names);
  const { student } = data.result.mistakes;
  // Images may be called so, too: a table names files without an ending.
  for (const [at, mistake] of student.slice(0, names.length).entries()) mistake.key = names[at]!;
  const run = await RunFolder.create(temporaryFolder(), data.recipe, start());
  await run.setState('running');
  await run.writeDataset(data.importReport!);
  await run.writeResult(data.result);
  return { run, keys: student.slice(0, names.length).map(({ key }) => key) };
}

test('class names are text in every export, and no file is called by one', async () => {
  const { run } = await finishedRun();
  const out = temporaryFolder();
  const { files } = await exportRun(run, ['report', 'csv', 'plots'], out);
  const base = path.basename(run.folder);
  expect(files.every((file) => path.dirname(file) === out && path.basename(file).startsWith(base))).toBe(
    true,
  );
  expect(readdirSync(out).sort()).toEqual(files.map((file) => path.basename(file)).sort());
  const rows: Record<string, string>[] = parse(readFileSync(path.join(out, `${base}-per-class.csv`)), {
    columns: true,
  });
  for (const role of ['teacher', 'student', 'baseline'])
    expect(rows.filter((row) => row['role'] === role).map((row) => row['name'])).toEqual(names);
});

test('an image that was not kept has no picture in the report, whatever it is called', async () => {
  const { run, keys } = await finishedRun();
  const dot = { width: 1, height: 1, data: Uint8Array.of(1, 2, 3) };
  await saveMistakeImages(
    run,
    Object.fromEntries([
      ['__proto__', dot],
      ['..', dot],
      [long, dot],
    ]),
  );
  expect(readdirSync(run.path('mistakes'))).toHaveLength(3);
  const {
    files: [file],
  } = await exportRun(run, ['report'], temporaryFolder());
  const html = readFileSync(file!, 'utf8');
  expect(keys).toContain('constructor');
  expect(html.match(/src="data:image\/png/g)).toHaveLength(3);
  expect(html).not.toContain('native code');
});
