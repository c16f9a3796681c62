import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import type { RgbImage } from '../../../electron/engine/data/image.ts';
import { resizeImage } from '../../../electron/engine/data/resize.ts';
import { exportRun, saveMistakeImages } from '../../../electron/engine/export/index.ts';
import type { Model } from '../../../electron/engine/models/index.ts';
import { saveModel } from '../../../electron/engine/models/weights/save.ts';
import { random } from '../../../electron/engine/random.ts';
import { RunFolder } from '../../../electron/engine/runs/run-folder.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { writeFolder } from '../../support/folder-files.ts';
import { normalised } from '../../support/pixels.ts';
import { pythonWith, runPython } from '../../support/python.ts';
import { ownLogits, trainedLooking } from '../../support/small-networks.ts';
import { softmaxRows } from '../../support/softmax.ts';
import { awkwardNames } from '../../support/trained-networks.ts';
import { start, temporaryFolder } from '../runs/support.ts';
import { fakeReport } from './fake-run.ts';

const run = promisify(execFile);

beforeAll(useCpuBackend);

/** A completed run with a student's weights, and images of its mistakes; all of them are the same picture. */
async function finishedRun(): Promise<{ run: RunFolder; model: Model; picture: RgbImage }> {
  const data = fakeReport(awkwardNames);
  const folder = await RunFolder.create(temporaryFolder(), data.recipe, start());
  await folder.setState('running');
  await folder.writeDataset(data.importReport!);
  await folder.writeResult(data.result);
  const model = trainedLooking(data.recipe.student.model, awkwardNames.length);
  await folder.prepare('weights', 'any');
  await saveModel(folder.weightsFile('student'), model, { classNames: awkwardNames });
  const noise = random(3, 'picture');
  const [width, height] = [50, 40];
  const picture = {
    width,
    height,
    data: Uint8Array.from({ length: width * height * 3 }, () => noise.integer(256)),
  };
  const keys = data.result.mistakes.student.slice(0, 3).map(({ key }) => key);
  await saveMistakeImages(folder, Object.fromEntries(keys.map((key) => [key, picture])));
  await folder.setState('completed');
  return { run: folder, model, picture };
}

async function unpack(file: string): Promise<string> {
  const zip = await fromBufferPromise(readFileSync(file));
  const folder = temporaryFolder();
  for await (const entry of zip.eachEntry()) {
    const stream = await zip.openReadStreamPromise(entry);
    writeFolder(folder, { [entry.fileName]: Buffer.concat(await stream.toArray()) });
  }
  return folder;
}

const read = (folder: string, name: string): string => readFileSync(path.join(folder, name), 'utf8');
type Answers = { class: string; probability: number }[];
const closeTo = (answers: Answers, digits: number) =>
  answers.map(({ probability, ...rest }) => ({
    ...rest,
    probability: expect.closeTo(probability, digits) as number,
  }));

test('a bundle alone has PyTorch, ONNX and the report; its scripts give the answers that the network gives', async () => {
  const { run: finished, model, picture } = await finishedRun();
  const { files } = await exportRun(finished, ['bundle'], temporaryFolder());
  expect(files.map((file) => path.basename(file))).toEqual([`${path.basename(finished.folder)}-bundle.zip`]);
  const folder = await unpack(files[0]!);
  const name = path.basename(finished.folder);
  expect(readdirSync(folder).sort()).toEqual(
    [
      ...[`${name}-student-pytorch`, `${name}-student.onnx`, `${name}-report.html`],
      ...['MODEL_CARD.md', 'labels.txt', 'example.png', 'expected.json', 'network.json'],
      ...['predict.py', 'images.py', 'requirements.txt', 'predict.mjs', 'resize.js', 'package.json'],
    ].sort(),
  );
  expect(read(folder, 'labels.txt')).toBe('Stop\nZone "30"\nÜberholverbot\n7\n__proto__\n');

  const { image } = finished.recipe.data;
  const pixels = resizeImage(picture, image.size, image.resize);
  const own = softmaxRows(ownLogits(model, normalised(pixels, image), image.size), awkwardNames.length);
  const answers = own
    .map((probability, id) => ({ class: awkwardNames[id]!, probability }))
    .sort((a, b) => b.probability - a.probability);
  expect(JSON.parse(read(folder, 'expected.json'))).toMatchObject({ answers: closeTo(answers, 5) });

  // What package.json names, as npm install would put it there.
  const { dependencies } = JSON.parse(read(folder, 'package.json')) as { dependencies: object };
  mkdirSync(path.join(folder, 'node_modules'));
  for (const one of Object.keys(dependencies))
    symlinkSync(path.resolve('node_modules', one), path.join(folder, 'node_modules', one), 'junction');
  const script = path.join(folder, 'predict.mjs');
  const { stdout } = await run(process.execPath, [script, '--json', path.join(folder, 'example.png')]);
  const [given] = Object.values(JSON.parse(stdout) as Record<string, Answers>);
  expect(given).toEqual(closeTo(answers, 5));
  expect((await run(process.execPath, [script], { cwd: '/' })).stdout).toContain('As expected.json has it.');
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

const python = pythonWith('onnxruntime', 'PIL', 'numpy');

test.skipIf(python === null)(
  `predict.py gives the expected answers${python === null ? ' (skipped: no Python with onnxruntime, PIL and numpy; PYTHON names one)' : ''}`,
  async () => {
    const { run: finished, model } = await finishedRun();
    const { files } = await exportRun(finished, ['bundle'], temporaryFolder());
    const folder = await unpack(files[0]!);
    expect(await runPython(python!, path.join(folder, 'predict.py'))).toContain('As expected.json has it.');
    model.dispose();
  },
);
