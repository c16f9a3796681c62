import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ExportedFile } from '../../../electron/contract/exported.ts';
import type { ExportRow } from '../../../electron/contract/result.ts';
import type { Handlers } from '../../../electron/contract/services.ts';
import { result } from './example-run.ts';
import { run } from './fake-terminal.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'distill-cli-'));
  await writeFile(path.join(folder, 'student.onnx'), 'a network');
  await writeFile(path.join(folder, 'labels.txt'), 'Stop\r\nYield\n\n');
  await mkdir(path.join(folder, 'web'));
  await mkdir(path.join(folder, 'r'));
  await writeFile(path.join(folder, 'r', 'run.json'), '{}');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const network = (file: string): ExportedFile => ({
  file,
  format: 'onnx',
  bytes: 261_000,
  runtime: 'onnxruntime-node 1.30.0',
  input: { size: 32, resize: null, values: 'unit', channels: 'RGB' },
  classes: ['Stop', 'Yield'],
  outputs: 2,
});

const evaluate = vi.fn<Handlers['exported']['evaluate']>(({ file }) =>
  Promise.resolve({
    network: network(file),
    mask: { classes: [0, 1], names: ['Stop', 'Yield'] },
    vocabulary: 2,
    scores: result.models.student.test,
    perClass: [],
    confusion: [],
    latency: { ms: 0.31, low: 0.3, high: 0.36 },
    notes: ['12 test images of the dataset.'],
  }),
);

it('evaluate lists what an ONNX file offers as stages, and no run has such a list', async () => {
  const featureMaps = vi.fn<Handlers['exported']['featureMaps']>(() =>
    Promise.resolve([{ tensor: '/layer1/Relu_output_0', shape: [8, 8, 64] }]),
  );
  const argv = ['evaluate', 'student.onnx', '--feature-maps', '--image-size', '32'];
  const { code, stdout } = await run(argv, { exported: { featureMaps } }, { cwd: folder });
  expect([code, featureMaps.mock.calls[0]![0]]).toEqual([
    0,
    { file: path.join(folder, 'student.onnx'), hints: { size: 32 } },
  ]);
  expect(stdout).toMatch(/\/layer1\/Relu_output_0 +8 +8 +64/);
  expect((await run(['evaluate', 'r', '--feature-maps'], {}, { cwd: folder })).code).not.toBe(0);
});

it('evaluate scores a file, with what its user states about it', async () => {
  const argv = [
    'evaluate',
    'student.onnx',
    '--data',
    'signs',
    '--classes',
    '0-1',
    '--class-names',
    'labels.txt',
  ];
  const hints = [
    ...['--input-values', '0.5,0.4,0.3,0.2,0.25,0.3', '--channels', 'BGR', '--resize', 'pad'],
    ...['--layout', 'NHWC', '--outputs', 'probabilities'],
  ];
  const { code, stdout } = await run([...argv, ...hints], { exported: { evaluate } }, { cwd: folder });
  expect(code).toBe(0);
  expect(evaluate.mock.calls[0]![0]).toMatchObject({
    file: path.join(folder, 'student.onnx'),
    data: path.join(folder, 'signs'),
    mask: { classes: [0, 1], invert: false },
    hints: {
      values: { mean: [0.5, 0.4, 0.3], std: [0.2, 0.25, 0.3] },
      channels: 'BGR',
      resize: 'pad',
      layout: 'NHWC',
      gives: 'probabilities',
      classes: ['Stop', 'Yield'],
    },
  });
  expect(stdout).toContain(
    'onnx, 261 kB, 2 outputs; RGB images of 32 px, values 0 to 1; run by onnxruntime-node',
  );
  expect(stdout).toContain('12 test images of the dataset.');
  expect(stdout).toMatch(/accuracy +97\.12 %/);
  expect(stdout).toContain('Latency, one image: 0.31 ms (0.30 to 0.36)');

  await run(['evaluate', 'web', '--data', 'signs'], { exported: { evaluate } }, { cwd: folder });
  expect(evaluate.mock.lastCall![0]).toMatchObject({ file: path.join(folder, 'web'), hints: {} });
});

it.each([
  [['evaluate', 'student.onnx'], '"student.onnx" is a network without data'],
  [['evaluate', 'student.onnx', '--data', 'd', '--tta', '0,5'], 'evaluated without augmented copies'],
  [['evaluate', 'r', '--channels', 'BGR'], '"r" is a run, which has its own image size'],
  [['predict', 'r', 'a.png', '--input-values', 'unit'], '"r" is a run, which has its own image size'],
  [['predict', 'student.onnx', 'a.png', '--class-names', 'none.txt'], 'none.txt'],
  [
    ['predict', 'student.onnx', 'a.png', '--input-values', 'grey'],
    'Write pixels, unit, imagenet, or three means',
  ],
  [['export', 'r', '--max-loss', '2'], 'a number from 0 to 1'],
  [['export', 'r', '--license', ' '], 'license'],
])('%j is refused', async (argv, message) => {
  const { code, stderr } = await run(argv, {}, { cwd: folder });
  expect(code).toBeGreaterThan(0);
  expect(stderr).toContain(message);
});

it('predict asks a file', async () => {
  const predict = vi.fn<Handlers['exported']['predict']>(({ images }) =>
    Promise.resolve(
      images.map((image) => ({
        image,
        error: null,
        latency: { ms: 0.3, low: 0.3, high: 0.3 },
        top5: [{ id: 0, name: 'Stop', probability: 0.75 }],
      })),
    ),
  );
  const { stdout } = await run(
    ['predict', 'student.onnx', 'a.png'],
    { exported: { predict } },
    { cwd: folder },
  );
  expect(stdout).toBe('a.png  0.30 ms\n   75.00 %  0  Stop\n');
});

it('export passes its options on and shows the rows, with what fell short', async () => {
  const row: ExportRow = {
    format: 'onnx',
    role: 'teacher',
    file: 'r-teacher.onnx',
    bytes: 4_360_000,
    runtime: 'onnxruntime-node 1.30.0',
    n: 6315,
    accuracy: 0.8947,
    f1Macro: 0.8581,
    logLoss: 0.3687,
    agreement: 0.995,
    largestDifference: 0.0022,
    latency: { ms: 3.26, low: 2.43, high: 7.15 },
    findings: ['Its channels are swapped: red and blue.'],
    notes: ['One layer stays in float.'],
  };
  const exported = vi.fn<Handlers['runs']['export']>(() =>
    Promise.resolve({
      files: [path.join(folder, row.file)],
      written: [],
      rows: [row],
      notes: ['The baseline is not checked.'],
    }),
  );
  const options = ['--role', 'teacher,baseline', '--input', 'normalised', '--max-loss', '0.01', '--no-check'];
  const { stdout } = await run(
    [
      'export',
      'r',
      '--format',
      'onnx',
      '--tflite-input',
      'int8',
      '--data',
      'signs',
      '--license',
      ' CC BY 4.0',
      ...options,
    ],
    { runs: { export: exported } },
    { cwd: folder },
  );
  expect(exported.mock.calls[0]![0]).toMatchObject({
    formats: ['onnx'],
    roles: ['teacher', 'baseline'],
    onnxInput: 'normalised',
    tfliteInput: 'int8',
    maxLoss: 0.01,
    license: 'CC BY 4.0',
    check: false,
    data: path.join(folder, 'signs'),
  });
  expect(stdout).toMatch(
    /^onnx \(teacher\) +4\.36 MB +89\.47 % +85\.81 % +0\.3687 +99\.50 % +0\.0022 +3\.26 ms \(2\.43 to 7\.15\)$/m,
  );
  expect(stdout).toContain(
    'warning: onnx: Its channels are swapped: red and blue.\nonnx: One layer stays in float.\n',
  );
  expect(stdout).toMatch(/The baseline is not checked\.\n$/);

  await run(['export', 'r'], { runs: { export: exported } }, { cwd: folder });
  expect(exported.mock.lastCall![0]).toMatchObject({
    roles: null,
    onnxInput: 'image',
    maxLoss: 0.005,
    license: null,
    check: true,
  });
});
