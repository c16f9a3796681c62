import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import {
  defaultNetworkOptions,
  type ExportFormat,
  exportFormats,
  isChecked,
  type OnnxInput,
  precisionOf,
} from '../../../electron/contract/exports.ts';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import type { ExportRow } from '../../../electron/contract/result.ts';
import { checkExports } from '../../../electron/engine/trained/check-exports.ts';
import { correctedBiases, withCorrectedBiases } from '../../../electron/engine/export/corrected-network.ts';
import { withBiases } from '../../../electron/engine/evaluate/bias-correction.ts';
import { softmax } from '../../../electron/engine/evaluate/predictions.ts';
import { ownPredictions } from '../../../electron/engine/trained/own-predictions.ts';
import type { WrittenItem } from '../../../electron/engine/export/item.ts';
import { exportRun } from '../../../electron/engine/export/index.ts';
import type { CheckContext } from '../../../electron/engine/export/options.ts';
import { float32 } from '../../../electron/engine/export/onnx/precision.ts';
import { onnxFile } from '../../../electron/engine/export/onnx/write.ts';
import { floatStyle } from '../../../electron/engine/export/tflite/float-style.ts';
import { writeTflite } from '../../../electron/engine/export/tflite/write.ts';
import type { TrainedNetwork } from '../../../electron/engine/export/trained-network.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { writeFolder } from '../../support/folder-files.ts';
import { useNativeBackend } from '../../support/native-backend.ts';
import { smallTrained } from '../../support/trained-networks.ts';
import { temporaryFolder } from '../run-folder/support.ts';
import { checkedRun, type CheckedRun } from './checked-run.ts';

beforeAll(useNativeBackend);

const checker = ({ images }: Pick<CheckedRun, 'images'>) =>
  checkExports({ images, runtime: { backend: 'onnxruntime', threads: null }, isBusy: () => false });

test('what was exported is a row of the reply, of the result and of the report, and is replaced when it is exported again', async () => {
  const given = await checkedRun();
  const { run } = given;
  await exportRun(run, ['report'], null);
  const options = { images: given.images, check: checker(given) };
  const { rows, files, notes } = await exportRun(run, ['onnx', 'onnx-fp16'], null, options);
  expect(notes).toEqual([]);
  expect(rows.map(({ format, role, n, findings }) => ({ format, role, n, findings }))).toEqual([
    { format: 'onnx', role: 'student', n: 80, findings: [] },
    { format: 'onnx-fp16', role: 'student', n: 80, findings: [] },
  ]);
  const [float, half] = rows as [ExportRow, ExportRow];
  expect(float.agreement).toBe(1);
  expect(float.largestDifference).toBeLessThan(1e-5);
  expect(half.largestDifference).toBeGreaterThan(float.largestDifference);
  expect(float.bytes).toBe(readFileSync(files[0]!).length);
  expect(float.runtime).toMatch(/^onnxruntime-node \d/);
  expect(float.latency.low).toBeLessThanOrEqual(float.latency.ms);

  expect((await run.result()).exports).toEqual(rows);
  const report = () => readFileSync(run.path('report.html'), 'utf8');
  expect(report()).toContain('id="exports"');

  const again = await exportRun(run, ['onnx'], temporaryFolder(), options);
  const stored = (await run.result()).exports!;
  expect(stored.map(({ format }) => format)).toEqual(['onnx-fp16', 'onnx']);
  expect(stored[1]).toEqual(again.rows[0]);

  // Written without a check, an earlier row may be of another file.
  await exportRun(run, ['onnx-fp16'], temporaryFolder(), { images: given.images });
  expect((await run.result()).exports!.map(({ format }) => format)).toEqual(['onnx']);
  await run.setState('completed');
});

/** int8 wants training images and a network that has learnt something: test/unit/export/quantise. */
const floatFormats = exportFormats.filter((format) => isChecked(format) && precisionOf(format) !== 'int8');

test.each(floatFormats)('%s does what the network does', async (format) => {
  const given = await checkedRun();
  const { rows, notes } = await exportRun(given.run, [format], temporaryFolder(), { check: checker(given) });
  expect(notes).toEqual([]);
  expect(rows.map((row) => [row.format, row.findings, row.n])).toEqual([[format, [], 80]]);
  expect(rows[0]!.largestDifference).toBeLessThan(precisionOf(format) === 'fp16' ? 1e-2 : 1e-5);
  expect(rows[0]!.notes.some((note) => note.includes('their latency will differ'))).toBe(
    format.startsWith('tflite'),
  );
  await given.run.setState('completed');
});

test('a dataset that is gone leaves the files unchecked, and says so', async () => {
  const given = await checkedRun();
  const gone = new DistillError('NOT_FOUND', '"/data/signs" is not there.');
  const images = { ...given.images, test: () => Promise.reject(gone) };
  const { files, rows, notes } = await exportRun(given.run, ['onnx'], null, { check: checker({ images }) });
  expect(files.every(existsSync)).toBe(true);
  expect(rows).toEqual([]);
  expect(notes).toEqual(['The exported files of the student are not checked. "/data/signs" is not there.']);
  expect((await given.run.result()).exports).toBeUndefined();
  await given.run.setState('completed');
});

test('a result of an earlier version has no rows, and keeps its exact text until there are some', async () => {
  const { run } = await checkedRun();
  const before = readFileSync(run.path('result.json'), 'utf8');
  await exportRun(run, ['safetensors', 'report'], null);
  expect(readFileSync(run.path('result.json'), 'utf8')).toBe(before);
  expect((await (await RunFolder.open(run.folder)).result()).exports).toBeUndefined();
  await run.setState('completed');
});

/** The row that the check makes of a file that claims to be the run's student. */
async function rowOf(
  { run, network, images }: CheckedRun,
  written: TrainedNetwork,
  input: OnnxInput = 'image',
): Promise<ExportRow> {
  const staged = path.join(temporaryFolder(), 'student.onnx');
  const bytes = onnxFile(written, { input, precision: float32 });
  writeFileSync(staged, bytes);
  const item: WrittenItem = {
    format: 'onnx',
    item: { path: staged, content: bytes, network: 'student' },
    staged,
  };
  const context: CheckContext = {
    run,
    network: () => Promise.resolve(network),
    options: defaultNetworkOptions,
    progress: () => undefined,
    signal: undefined,
  };
  const { rows } = await checker({ images })([item], context);
  return rows[0]!;
}

test('a network that is in two exports is run once, and both rows have its figures', async () => {
  const { run, network, images } = await checkedRun();
  const context: CheckContext = {
    run,
    network: () => Promise.resolve(network),
    options: defaultNetworkOptions,
    progress: () => undefined,
    signal: undefined,
  };
  let reads = 0;
  const test: CheckedRun['images']['test'] = async (image) => {
    const given = await images.test(image);
    return {
      ...given,
      pixels: (...range) => {
        reads += 1;
        return given.pixels(...range);
      },
    };
  };
  const folder = temporaryFolder();
  const file = await writeTflite(network, floatStyle(false), {});
  const half = await writeTflite(network, floatStyle(true), {});
  const written = (format: ExportFormat, name: string): WrittenItem => {
    const staged = path.join(folder, name);
    return { format, item: { path: staged, content: '', network: 'student' }, staged };
  };
  writeFolder(folder, {
    'a.tflite': file.bytes,
    'a-microcontroller/model.tflite': file.bytes,
    'a-microcontroller/model.h': '// A header',
    'a-fp16.tflite': half.bytes,
  });
  const alone = written('tflite', 'a.tflite');
  const inFolder = written('microcontroller', 'a-microcontroller');
  const other = written('tflite-fp16', 'a-fp16.tflite');
  const check = async (...items: WrittenItem[]) => {
    reads = 0;
    const { rows } = await checker({ images: { ...images, test } })(items, context);
    return { rows, reads };
  };
  const once = await check(alone);
  const twice = await check(alone, inFolder);
  expect(twice.reads).toBe(once.reads);
  const [first, second] = twice.rows as [ExportRow, ExportRow];
  expect(second).toEqual({
    ...first,
    format: 'microcontroller',
    file: 'a-microcontroller',
    bytes: file.bytes.length + '// A header'.length,
  });
  expect(first.bytes).toBe(file.bytes.length);
  expect((await check(alone, other)).reads).toBeGreaterThan(once.reads);
  await run.setState('completed');
});

/** Our weights have their outputs last, and their inputs before those. */
function moved(
  weight: Float32Array,
  [inputs, outputs]: readonly [number, number],
  from: (input: number, output: number) => readonly [number, number],
): Float32Array {
  return weight.map((_, i) => {
    const [output, input] = [i % outputs, Math.floor(i / outputs) % inputs];
    const [otherInput, otherOutput] = from(input, output);
    return weight[i + (otherInput - input) * outputs + (otherOutput - output)]!;
  });
}

/** Reads blue where red is, as a file does whose images go through OpenCV. */
const swapped = (network: TrainedNetwork): TrainedNetwork => ({
  ...network,
  image: {
    ...network.image,
    mean: network.image.mean.toReversed() as [number, number, number],
    std: network.image.std.toReversed() as [number, number, number],
  },
  weights: (operator) => {
    const { weight, bias } = network.weights(operator);
    if (!operator.inputs.includes('image')) return { weight, bias };
    const outputs = operator.shape.at(-1)!;
    return { weight: moved(weight, [3, outputs], (input, output) => [2 - input, output]), bias };
  },
});

/** Gives each class's answer one place further on. */
const rotated = (network: TrainedNetwork): TrainedNetwork => ({
  ...network,
  weights: (operator) => {
    const { weight, bias } = network.weights(operator);
    if (operator.name !== network.graph.output) return { weight, bias };
    const outputs = bias.length;
    const before = (output: number) => (output + outputs - 1) % outputs;
    return {
      weight: moved(weight, [weight.length / outputs, outputs], (input, output) => [input, before(output)]),
      bias: bias.map((_, output) => bias[before(output)]!),
    };
  },
});

const withImage = (network: TrainedNetwork, image: Partial<TrainedNetwork['image']>): TrainedNetwork => ({
  ...network,
  image: { ...network.image, ...image },
});

test.each<[string, (network: TrainedNetwork) => TrainedNetwork, RegExp]>([
  ['channels swapped', swapped, /Its channels are swapped: red and blue\./],
  [
    'outputs in another order',
    rotated,
    /Its outputs are in another order: where it predicts “Zone "30"”, the network predicts “Stop”\./,
  ],
  [
    'names in another order',
    (network) => ({ ...network, classes: ['Zone "30"', 'Stop', ...network.classes.slice(2)] }),
    /It names its outputs in another order: output 0 is “Zone "30"” there and “Stop” in the network\./,
  ],
  [
    'the mean of other networks',
    (network) => withImage(network, { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] }),
    /normalised by mean 0\.5 0\.5 0\.5 and std 0\.5 0\.5 0\.5 instead of mean 0\.485 0\.456 0\.406 and std 0\.2 0\.25 0\.3\./,
  ],
  [
    'a mean that nobody uses',
    (network) => withImage(network, { mean: [0.4, 0.4, 0.5] }),
    /Its predictions differ from the network's: probabilities by up to 0\.\d+ \(expected: at most 0\.001\)/,
  ],
  [
    'another way of resizing',
    (network) => withImage(network, { resize: 'crop' }),
    /Its metadata gives "crop" as the way of resizing; the network was trained on "squish"\./,
  ],
])('a file with %s is seen', async (_, slip, sentence) => {
  const given = await checkedRun();
  const right = await rowOf(given, given.network);
  expect(right.findings).toEqual([]);
  const wrong = await rowOf(given, slip(given.network));
  expect(wrong.findings).toHaveLength(1);
  expect(wrong.findings[0]).toMatch(sentence);
  expect(wrong.findings[0]).toMatch(/Export it again/);
  await given.run.setState('completed');
});

test('a file that wants images normalised otherwise than the network was trained is seen', async () => {
  const given = await checkedRun();
  expect((await rowOf(given, given.network, 'normalised')).findings).toEqual([]);
  const other = withImage(given.network, { mean: [0.4, 0.4, 0.5] });
  const { findings } = await rowOf(given, other, 'normalised');
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatch(
    /Its metadata gives a normalisation by mean 0\.4 0\.4 0\.5 and std 0\.2 0\.25 0\.3; the network was trained with mean 0\.485/,
  );
  await given.run.setState('completed');
});

test('corrected biases are in the exported network, which is checked as such', async () => {
  const { run, network, images } = await checkedRun();
  const biases = [3, -1, 0.5, -2, -0.5];
  const corrected = withCorrectedBiases(network, biases);
  const test = await images.test(network.image);
  const [plain, own] = [await ownPredictions(network, test, {}), await ownPredictions(corrected, test, {})];
  // exp(bias) times each probability, over their sum.
  const logits = plain.probabilities.map((p, i) => Math.log(p) + biases[i % biases.length]!);
  softmax(logits, biases.length).forEach((p, i) => expect(own.probabilities[i]).toBeCloseTo(p, 5));
  withBiases(plain, biases).probabilities.forEach((p, i) => expect(own.probabilities[i]).toBeCloseTo(p, 5));
  const row = await rowOf({ run, network: corrected, images }, corrected);
  expect(row).toMatchObject({ agreement: 1, findings: [] });
  expect(row.largestDifference).toBeLessThan(1e-5);

  await expect(exportRun(run, ['onnx'], null, { correctBiases: true })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('no corrected biases of its student') as string,
  });
  const result = await run.result();
  const model = {
    asIs: { seen: 1, unseen: 0, all: 1, harmonicMean: 0 },
    amongUnseen: 1,
    corrected: null,
    biases,
  };
  const unseen = {
    images: { seen: 1, unseen: 1 },
    classes: [4],
    correction: { expected: 'uniform' as const, reference: 'test halves' as const, images: 2 },
    models: { student: model },
  };
  expect(correctedBiases({ ...result, unseen }, 'student')).toEqual(biases);
  await run.writeResult({ ...result, unseen });
  const { files } = await exportRun(run, ['onnx'], temporaryFolder(), { correctBiases: true });
  const text = readFileSync(files[0]!, 'latin1');
  expect(text).toContain('The correction adds a bias');
  expect(text).not.toContain('"accuracy"');
});

test.each([
  modelSchema.parse({ architecture: 'squeezenet1_1', width: 8, stem: 'small' }),
  modelSchema.parse({ architecture: 'resnet18', width: 8, stem: 'small', head: 'fastai' }),
])('$architecture with the head $head takes no biases', (recipe) => {
  const { model, network } = smallTrained(recipe);
  model.dispose();
  expect(() => withCorrectedBiases(network, [0, 0, 0, 0, 1])).toThrow('Biases cannot be added to');
});
