import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { exportRun, saveMistakeImages } from '../../../electron/engine/export/index.ts';
import { annotate } from '../../../electron/engine/run-folder/annotation.ts';
import { sizeOf } from '../../../electron/platform/folder-size.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { start, temporaryFolder } from '../run-folder/support.ts';
import { fakeReport } from './fake-run.ts';

const names = ['Stop', 'Zone "30"', 'Überholverbot'];

/** A file as the format's specification describes it, written by hand. */
function safetensorsBytes(header: object, data: Uint8Array): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}
function readSafetensors(file: string): {
  header: Record<string, unknown>;
  headerLength: number;
  data: Buffer;
} {
  const bytes = readFileSync(file);
  const headerLength = Number(bytes.readBigUInt64LE());
  return {
    header: JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as Record<string, unknown>,
    headerLength,
    data: bytes.subarray(8 + headerLength),
  };
}

async function finishedRun(): Promise<{ run: RunFolder; name: string }> {
  const data = fakeReport(names);
  const run = await RunFolder.create(temporaryFolder(), data.recipe, start());
  await run.setState('running');
  await run.writeDataset(data.importReport!);
  for (const event of data.metrics) run.append(event);
  await run.writeResult(data.result);
  return { run, name: path.basename(run.folder) };
}

const tensors = { 'fc.bias': { dtype: 'F32', shape: [3], data_offsets: [0, 12] } };
const values = Buffer.from(new Float32Array([1, -2, 3.5]).buffer);

test('exports of a renamed run bear its name, beside what its folder has of its own', async () => {
  const { run, name } = await finishedRun();
  await annotate(run.folder, { name: 'Für Anna: T = 20' });
  const {
    files: [file],
  } = await exportRun(run, ['report'], temporaryFolder());
  const own = name.replace(/^.*(?=-\d{8}-\d{6})/, '');
  expect(path.basename(file!)).toBe(`fur-anna-t-20${own}-report.html`);
  expect(readFileSync(file!, 'utf8')).toContain('<h1>Für Anna: T = 20</h1>');
});

test('weights leave with their class names; the tensors stay as they were', async () => {
  const { run, name } = await finishedRun();
  await run.prepare('weights', 'any');
  writeFileSync(
    run.weightsFile('student'),
    safetensorsBytes({ __metadata__: { format: 'pt' }, ...tensors }, values),
  );
  const { files, written } = await exportRun(run, ['safetensors'], null);
  expect(written).toEqual(
    files.map((file) => ({ path: file, format: 'safetensors', bytes: statSync(file).size })),
  );
  expect(files.map((file) => path.relative(run.folder, file))).toEqual([
    path.join('exports', `${name}-student.safetensors`),
    path.join('exports', `${name}-student.json`),
  ]);
  const { header, headerLength, data } = readSafetensors(files[0]!);
  const { __metadata__: metadata, ...rest } = header;
  expect(rest).toEqual(tensors);
  expect(data.equals(values)).toBe(true);
  // The specification wants no alignment, the reference writer keeps tensors on eight bytes.
  expect(headerLength % 8).toBe(0);
  const { image, ...others } = metadata as Record<string, string>;
  const classes = JSON.stringify(names);
  expect(others).toEqual({ format: 'pt', run: name, role: 'student', classes, license: 'unknown' });
  expect(JSON.parse(image!)).toMatchObject({ size: 32, resize: 'squish', mean: [0.485, 0.456, 0.406] });
  expect(JSON.parse(readFileSync(files[1]!, 'utf8'))).toMatchObject({
    classes: names,
    image: { size: 32, mean: [0.485, 0.456, 0.406] },
    model: { architecture: 'cifar_resnet8', width: 14 },
  });
  await run.setState('completed');
});

test('a folder weighs what all of its files do', async () => {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'lib'));
  writeFileSync(path.join(folder, 'a.bin'), Buffer.alloc(1000));
  writeFileSync(path.join(folder, 'lib', 'b.bin'), Buffer.alloc(234));
  expect(await sizeOf(folder)).toBe(1234);
  expect(await sizeOf(path.join(folder, 'a.bin'))).toBe(1000);
  expect(await sizeOf(path.join(folder, 'none'))).toBe(0);
});

test("a model with fastai's head leaves under fastai's names too, where that is asked for", async () => {
  const { run, name } = await finishedRun();
  await run.prepare('weights', 'any');
  const model = { architecture: 'resnet18', width: 4, stem: 'imagenet', head: 'fastai' };
  const own = [
    'conv1.weight',
    'bn1.num_batches_tracked',
    'layer4.1.bn2.bias',
    'head.bn1.weight',
    'head.fc2.weight',
  ];
  const header = own.map((key, i) => [key, { dtype: 'F32', shape: [1], data_offsets: [4 * i, 4 * i + 4] }]);
  const write = (head: string) =>
    writeFileSync(
      run.weightsFile('student'),
      safetensorsBytes(
        {
          __metadata__: { model: JSON.stringify({ ...model, head }) },
          ...(Object.fromEntries(header) as object),
        },
        Buffer.alloc(20),
      ),
    );
  write('fastai');
  const { files } = await exportRun(run, ['safetensors'], null, { names: 'fastai' });
  expect(files.map((file) => path.basename(file))).toContain(`${name}-student-fastai.safetensors`);
  const theirs = Object.keys(readSafetensors(files.at(-1)!).header);
  expect(theirs.filter((key) => key !== '__metadata__')).toEqual([
    '0.0.weight',
    '0.1.num_batches_tracked',
    '0.7.1.bn2.bias',
    '1.2.weight',
    '1.8.weight',
  ]);
  write('linear');
  await expect(exportRun(run, ['safetensors'], null, { names: 'fastai' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
  await run.setState('completed');
});

test('torn weights are refused and leave no file behind', async () => {
  const { run } = await finishedRun();
  await run.prepare('weights', 'any');
  for (const bytes of [
    Buffer.from([1, 2]),
    Buffer.alloc(64, 0xff),
    safetensorsBytes(tensors, values).subarray(0, 20),
  ]) {
    writeFileSync(run.weightsFile('teacher'), bytes);
    await expect(exportRun(run, ['safetensors'], null)).rejects.toMatchObject({ code: 'WEIGHTS_CORRUPT' });
    expect(readdirSync(run.path('exports'))).toEqual([]);
  }
  await run.setState('completed');
});

test('a run without weights or result says so', async () => {
  const run = await RunFolder.create(temporaryFolder(), fakeReport(names).recipe, start());
  await expect(exportRun(run, ['safetensors'], null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(exportRun(run, ['report'], null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await run.close();
});

test('the report is written from what the run kept, with its images', async () => {
  const { run, name } = await finishedRun();
  const { key } = (await run.result()).mistakes.student[0]!;
  const pixels = new Uint8Array(5 * 4 * 3).map((_, index) => (index * 37) % 256);
  await saveMistakeImages(run, { [key]: { width: 5, height: 4, data: pixels } });

  const {
    files: [file],
  } = await exportRun(run, ['report'], null);
  expect(file).toBe(run.path('report.html'));
  const html = readFileSync(file!, 'utf8');
  const embedded = /src="data:image\/png;base64,([^"]+)"/.exec(html)?.[1];
  const { data, info } = await sharp(Buffer.from(embedded ?? '', 'base64'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: 5, height: 4, channels: 3 });
  expect(new Uint8Array(data)).toEqual(pixels);
  expect(html).toContain('Überholverbot');

  const out = path.join(temporaryFolder(), 'new', 'folder');
  const {
    files: [elsewhere],
  } = await exportRun(run, ['report', 'report'], out);
  expect(elsewhere).toBe(path.join(out, `${name}-report.html`));
  expect(readFileSync(elsewhere!, 'utf8')).toBe(html);
  await run.setState('completed');
});

test('figures that are no numbers come back as such, and the report shows a dash', async () => {
  const { run } = await finishedRun();
  const result = await run.result();
  result.models.student.test.logLoss = Infinity;
  await run.writeResult(result);
  expect((await run.result()).models.student.test.logLoss).toBeNaN();
  const {
    files: [file],
  } = await exportRun(run, ['report'], null);
  expect(readFileSync(file!, 'utf8')).not.toMatch(/>\s*(NaN|Infinity)/);
  await run.setState('completed');
});

test('a file in the place of the folder is refused', async () => {
  const { run } = await finishedRun();
  const out = path.join(temporaryFolder(), 'file');
  writeFileSync(out, '');
  await expect(exportRun(run, ['report'], out)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  mkdirSync(run.path('report.html'));
  await expect(exportRun(run, ['report'], null)).rejects.toMatchObject({ name: 'DistillError' });
  await run.setState('completed');
});
