import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { exportRun } from '../../../../electron/engine/export/index.ts';
import { saveModel } from '../../../../electron/engine/models/weights/save.ts';
import { RunFolder } from '../../../../electron/engine/run-folder/run-folder.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { decodeOnnx } from '../../../support/onnx-proto.ts';
import { smallNetworks, trainedLooking } from '../../../support/small-networks.ts';
import { start, temporaryFolder } from '../../run-folder/support.ts';
import { fakeReport } from '../fake-run.ts';

beforeAll(useCpuBackend);

const classNames = ['Stop', 'Zone "30"', 'Überholverbot'];

async function evaluatedRun(): Promise<RunFolder> {
  const { recipe, result } = fakeReport(classNames);
  const run = await RunFolder.create(temporaryFolder(), recipe, start());
  await run.setState('running');
  const model = trainedLooking(smallNetworks[6]!, classNames.length);
  for (const role of ['student', 'teacher'] as const)
    await saveModel(await run.prepare('weights', `${role}.safetensors`), model, { classNames });
  model.dispose();
  await run.writeResult(result);
  return run;
}

test('files bear the name of run and role, and hold the scores of the test images', async () => {
  const run = await evaluatedRun();
  const name = path.basename(run.folder);
  const { files } = await exportRun(run, ['onnx', 'onnx-fp16'], temporaryFolder());
  expect(files.map((file) => path.basename(file))).toEqual([
    `${name}-student.onnx`,
    `${name}-student-fp16.onnx`,
  ]);
  const { models } = await run.result();
  for (const file of files) {
    const { metadataProps } = decodeOnnx(readFileSync(file));
    const valueOf = (key: string) =>
      JSON.parse(metadataProps.find((one) => one.key === key)!.value) as unknown;
    expect(valueOf('scores')).toEqual(models.student.test);
    expect(valueOf('classes')).toEqual(classNames);
    expect(valueOf('image')).toMatchObject({ size: 32, resize: 'squish' });
  }
});

test('other models and normalised input are written where they are asked for', async () => {
  const run = await evaluatedRun();
  const { files } = await exportRun(run, ['onnx'], temporaryFolder(), {
    roles: ['teacher'],
    onnxInput: 'normalised',
  });
  expect(path.basename(files[0]!)).toMatch(/-teacher\.onnx$/);
  const [input] = decodeOnnx(readFileSync(files[0]!)).graph.input;
  expect(input!.type.tensorType.elemType).toBe(1);
});

test('a model that the run has not trained is refused before anything is written', async () => {
  const run = await evaluatedRun();
  const exported = exportRun(run, ['onnx'], temporaryFolder(), { roles: ['student', 'baseline'] });
  await expect(exported).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('int8 without images to fit it to is refused before anything is written', async () => {
  const run = await evaluatedRun();
  const folder = temporaryFolder();
  const exported = exportRun(run, ['onnx', 'onnx-int8'], folder);
  await expect(exported).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(readdirSync(folder)).toEqual([]);
});
