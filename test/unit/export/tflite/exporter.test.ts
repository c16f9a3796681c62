import path from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, test } from 'vitest';
import { defaultNetworkOptions } from '../../../../electron/contract/exports.ts';
import type { Role } from '../../../../electron/contract/run.ts';
import type { ExportContext } from '../../../../electron/engine/export/exporter.ts';
import type { ExportFolder, FileContent } from '../../../../electron/engine/export/item.ts';
import {
  microcontroller,
  tflite,
  tfliteFloat16,
  tfliteInt8,
} from '../../../../electron/engine/export/tflite.ts';
import { parseTflite } from '../../../../electron/engine/deployed/tflite/model.ts';
import { inputName } from '../../../../electron/engine/models/inference/graph.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { temporaryFolder } from '../../run-folder/support.ts';
import { checkedRun, testImages } from '../checked-run.ts';

beforeAll(useCpuBackend);

async function contextOf(
  tfliteInput: 'uint8' | 'int8',
): Promise<{ context: ExportContext; quantised: Role[] }> {
  const { run, network } = await checkedRun();
  const values = [inputName, ...network.graph.operators.map(({ name }) => name)];
  const scores = { accuracy: 0.5, logLoss: 1 };
  const quantised: Role[] = [];
  const context: ExportContext = {
    run,
    out: temporaryFolder(),
    names: 'torchvision',
    roles: null,
    options: { ...defaultNetworkOptions, tfliteInput },
    network: () => Promise.resolve(network),
    calibration: () => Promise.resolve({ images: testImages(), held: testImages(), notes: [] }),
    quantised: (role) => {
      quantised.push(role);
      return Promise.resolve({
        ranges: new Map(values.map((name) => [name, { min: -4, max: 4 }])),
        calibration: 'min-max',
        float: ['conv1'],
        scores: { float: scores, 'min-max': scores, percentile: scores, entropy: scores, quantised: scores },
        notes: [],
      });
    },
    result: () => run.result(),
    written: () => [],
    signal: undefined,
    progress: () => undefined,
  };
  return { context, quantised };
}

const bytesOf = async (content: FileContent): Promise<Uint8Array> => {
  const made = typeof content === 'function' ? content() : content;
  if (typeof made === 'object' && Symbol.asyncIterator in made) return Buffer.from(await text(made));
  return Buffer.from(await made);
};

test('float files bear the name of run and role', async () => {
  const { context } = await contextOf('uint8');
  const items = [...(await tflite.files(context)), ...(await tfliteFloat16.files(context))];
  const name = path.basename(context.run.folder);
  expect(items.map((item) => path.basename(item.path))).toEqual([
    `${name}-student.tflite`,
    `${name}-student-fp16.tflite`,
  ]);
  expect(items.map(({ network }) => network)).toEqual(['student', 'student']);
});

test.each(['uint8', 'int8'] as const)(
  'int8 files take pixels as %s; the folder has the same file',
  async (type) => {
    const { context, quantised } = await contextOf(type);
    const [item] = await tfliteInt8.files(context);
    const [folder] = (await microcontroller.files(context)) as ExportFolder[];
    expect(path.basename(item!.path)).toMatch(/-student-int8\.tflite$/);
    expect(path.basename(folder!.path)).toMatch(/-student-microcontroller$/);
    expect(quantised).toEqual([]);
    const file = await bytesOf((item as { content: FileContent }).content);
    const { tensors, input } = parseTflite(file, 'the test');
    expect(tensors[input]!.type).toBe(type.toUpperCase());
    const files = folder!.files;
    for (const content of Object.values(files)) await bytesOf(content);
    expect(Buffer.compare(await bytesOf(files['model.tflite']!), file)).toBe(0);
    // Once for each of the two items, not for each file.
    expect(quantised).toEqual(['student', 'student']);
    expect(folder!.notes!().join(' ')).toContain('Calibrated by min-max');
    expect(folder!.notes!().join(' ')).toContain('50.00 %');
  },
);

test('without training images there is no int8, and that is found out before anything is written', async () => {
  const { context } = await contextOf('uint8');
  const without = { ...context, calibration: () => Promise.reject(new Error('no images')) };
  await expect(tfliteInt8.files(without)).rejects.toThrow('no images');
  await expect(microcontroller.files(without)).rejects.toThrow('no images');
});
