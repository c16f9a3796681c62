import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { csvTable } from '../../../electron/engine/export/csv/table.ts';
import { exportRun } from '../../../electron/engine/export/index.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { writePredictions } from '../../../electron/engine/run-folder/stored-predictions.ts';
import { classNames, keys, testPredictions } from '../trained/evaluated-run.ts';
import { epochEvent, start, stepEvent, temporaryFolder } from '../run-folder/support.ts';
import { fakeReport } from './fake-run.ts';

type Records = Record<string, string>[];

test('cells are quoted where they must be, and come back', () => {
  const cells = ['plain', 'a,b', 'she said "no"', 'two\nlines', 'return\r', '', ' spaced ', 'ü'];
  const text = csvTable(
    [
      ['a "name"', (cell: string) => cell],
      ['nothing', () => null],
      ['number', () => 1e-7],
      ['yes', () => true],
    ],
    cells,
  );
  expect(text.split('\r\n').slice(0, 3)).toEqual([
    '"a ""name""",nothing,number,yes',
    'plain,,1e-7,true',
    '"a,b",,1e-7,true',
  ]);
  const [, ...rows] = parse(text, { record_delimiter: '\r\n' });
  expect(rows.map(([cell]) => cell)).toEqual(cells);
});

test('a run becomes tables with the names of its own files', async () => {
  const { recipe, result } = fakeReport(classNames);
  const run = await RunFolder.create(temporaryFolder(), recipe, start());
  await run.setState('running');
  const step = stepEvent('teacher', 1, 1);
  const epoch = epochEvent('teacher', 1);
  run.append({ ...step, loss: Number.NaN });
  run.append({ ...epoch, validation: null });
  run.append({ ...step, role: 'student', termLosses: [3.5] });
  run.append({ ...epoch, role: 'student', train: { ...epoch.train, termLosses: [2.5] } });
  await run.writeResult(result);
  await writePredictions(run, testPredictions());

  const out = temporaryFolder();
  const { files } = await exportRun(run, ['csv'], out);
  const base = path.basename(run.folder);
  const roles = ['teacher', 'student', 'baseline'];
  const tables = ['metrics', 'epochs', 'scores', 'per-class'];
  for (const kind of ['confusion', 'predictions']) tables.push(...roles.map((role) => `${kind}-${role}`));
  expect(files).toEqual(tables.map((table) => path.join(out, `${base}-${table}.csv`)));
  expect(readdirSync(out).sort()).toEqual(files.map((file) => path.basename(file)).sort());
  const read = (table: string): Records =>
    parse(readFileSync(path.join(out, `${base}-${table}.csv`)), { columns: true });

  expect(read('metrics')).toHaveLength(2);
  expect(read('metrics')[0]).toMatchObject({
    role: 'teacher',
    epoch: '1',
    step: '1',
    loss: 'NaN',
    '0-soft-target': '',
    learningRate: '0.001',
  });
  expect(read('metrics')[1]).toMatchObject({ role: 'student', '0-soft-target': '3.5' });
  expect(read('epochs')[1]).toMatchObject({ 'train.0-soft-target': '2.5', 'validation.0-soft-target': '' });
  expect(read('epochs')[0]).toMatchObject({
    'train.f1Weighted': '0.9',
    'validation.f1Weighted': '',
    best: 'true',
    memoryBytes: '1000000000',
  });
  const scores = read('scores');
  expect(scores.map(({ role, part }) => `${role} ${part}`)).toEqual(
    roles.flatMap((role) => [`${role} test`, `${role} validation`]),
  );
  expect(Number(scores[2]!['accuracy'])).toBe(result.models.student.test.accuracy);
  const zone = read('per-class').find(({ role, id }) => role === 'baseline' && id === '2')!;
  expect(zone['name']).toBe('Zone "30", Ende');
  expect(Number(zone['recall'])).toBe(result.perClass.baseline![2]!.recall);
  const confusion = read('confusion-student');
  expect(confusion.map((row) => [0, 1, 2].map((id) => Number(row[id])))).toEqual(result.confusion.student);
  expect(confusion.map(({ label, name }) => [label, name])).toEqual(
    classNames.map((name, id) => [`${id}`, name]),
  );
  const predictions = read('predictions-student');
  expect(predictions.map(({ key }) => key)).toEqual(keys);
  expect(predictions[3]).toEqual({
    key: 'd.ppm',
    label: '1',
    predicted: '0',
    probability: '0.875',
    'top5.0.id': '0',
    'top5.0.probability': '0.875',
    'top5.1.id': '1',
    'top5.1.probability': '0.125',
    'top5.2.id': '2',
    'top5.2.probability': '0',
    'top5.3.id': '',
    'top5.3.probability': '',
    'top5.4.id': '',
    'top5.4.probability': '',
  });
  await run.setState('completed');
});

test('a run is exported as far as it came', async () => {
  const run = await RunFolder.create(temporaryFolder(), fakeReport(classNames).recipe, start());
  await expect(exportRun(run, ['csv'], null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await run.setState('running');
  run.append(stepEvent('teacher', 1, 1));
  const { files } = await exportRun(run, ['csv'], null);
  expect(files.map((file) => path.relative(run.folder, file))).toEqual(
    ['metrics', 'epochs'].map((name) => path.join('exports', `${path.basename(run.folder)}-${name}.csv`)),
  );
  await run.setState('completed');
});
