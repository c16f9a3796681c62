import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { exportRun } from '../../../electron/engine/export/index.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { awkwardNames } from '../../support/trained-networks.ts';
import { start, temporaryFolder } from '../run-folder/support.ts';
import { finishedRun, ownPredictions, unpack } from './bundle-run.ts';
import { fakeReport } from './fake-run.ts';

beforeAll(useCpuBackend);

const read = (folder: string, name: string): string => readFileSync(path.join(folder, name), 'utf8');
test("a bundle alone has PyTorch, ONNX and the report; what it expects are the network's own predictions", async () => {
  const made = await finishedRun();
  const { run: finished, model } = made;
  const { files } = await exportRun(finished, ['bundle'], temporaryFolder());
  expect(files.map((file) => path.basename(file))).toEqual([`${path.basename(finished.folder)}-bundle.zip`]);
  const folder = await unpack(files[0]!);
  const name = path.basename(finished.folder);
  expect(readdirSync(folder).sort()).toEqual(
    [
      ...[`${name}-student-pytorch`, `${name}-student.onnx`, `${name}-report.html`],
      ...['MODEL_CARD.md', 'labels.txt', 'example.png', 'expected.json', 'network.json'],
      ...['predict.py', 'images.py', 'requirements.txt'],
      ...['predict.mjs', 'resize.js', 'package.json', '.npmrc'],
    ].sort(),
  );
  expect(read(folder, 'labels.txt')).toBe('Stop\nZone "30"\nÜberholverbot\n7\n__proto__\n');

  expect(JSON.parse(read(folder, 'expected.json'))).toMatchObject({ answers: ownPredictions(made) });
  model.dispose();
});

test('what was asked for beside it is in it, whole folders too', async () => {
  const { run: finished, model } = await finishedRun();
  const { files } = await exportRun(finished, ['tfjs', 'csv', 'bundle', 'onnx'], temporaryFolder(), {
    onnxInput: 'normalised',
  });
  const zip = files.find((file) => file.endsWith('.zip'))!;
  const folder = await unpack(zip);
  const name = path.basename(finished.folder);
  for (const file of [`${name}-student.onnx`, `${name}-scores.csv`, `${name}-student-tfjs/model.json`]) {
    const beside = path.join(path.dirname(zip), file);
    expect(readFileSync(path.join(folder, file)).equals(readFileSync(beside)), file).toBe(true);
  }
  expect(readdirSync(folder)).not.toContain(`${name}-student-pytorch`);
  // The scripts give pixels, which the file that was asked for does not take.
  expect(JSON.parse(read(folder, 'network.json'))).toMatchObject({ model: 'model.onnx' });
  expect(readdirSync(folder)).toContain('model.onnx');
  model.dispose();
});

test('the model card has counts and scores, whole and per class, and the names of users as they are', async () => {
  const { run: finished, model } = await finishedRun();
  const { files } = await exportRun(finished, ['bundle'], temporaryFolder());
  const card = read(await unpack(files[0]!), 'MODEL_CARD.md');
  const result = await finished.result();
  const { accuracy, ece } = result.models.student.test;
  expect(card).toContain(`| Student | ${(100 * accuracy).toFixed(2)}\u00a0% |`);
  expect(card).toContain(`${(100 * ece).toFixed(2)}\u00a0%`);
  const { recall, support } = result.perClass.student[4]!;
  expect(card).toMatch(
    new RegExp(`\\| \\\\_\\\\_proto\\\\_\\\\_ \\| 300 \\| ${support} \\|.* ${(100 * recall).toFixed(2)}`),
  );
  const recipe = /```json\n([^]*?)\n```/.exec(card)![1]!;
  expect(JSON.parse(recipe)).toEqual(finished.recipe);
  model.dispose();
});

test('a run without a result has no bundle, and nothing is written', async () => {
  const unfinished = await RunFolder.create(temporaryFolder(), fakeReport(awkwardNames).recipe, start());
  const out = temporaryFolder();
  await expect(exportRun(unfinished, ['bundle'], out)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(readdirSync(out)).toEqual([]);
  await unfinished.close();
});
