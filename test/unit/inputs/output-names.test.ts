import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outputsByName } from '../../../electron/contract/output-classes.ts';
import { outputNames } from '../../../electron/engine/inputs/output-names.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'output-names-'));
});
afterAll(() => rm(folder, { recursive: true }));

const own = ['tench, Tinca tinca', 'crane', 'stop sign', 'crane'];
const network = { classNames: own, outputs: 4, file: 'net.onnx' };
async function table(text: string): Promise<string> {
  const file = path.join(folder, 'map.csv');
  await writeFile(file, text);
  return file;
}

test('a name that stands for two outputs stands for neither', async () => {
  expect(await outputNames(null, network)).toEqual([
    'tench, Tinca tinca',
    'crane (output 1)',
    'stop sign',
    'crane (output 3)',
  ]);
  expect(await outputNames(null, { ...network, classNames: null })).toBeNull();
});

test('a table maps outputs to classes, by name or by number; what it leaves out keeps its name', async () => {
  const file = await table('output,class\n"tench, Tinca tinca",fish\nstop sign,stop\n3,bird\n1,\n');
  expect(await outputNames(file, network)).toEqual(['fish', 'crane (output 1) (output 1)', 'stop', 'bird']);
  // A name that the table gives to one output is no longer that of another.
  expect(await outputNames(await table('0;stop sign\n'), { ...network, classNames: null })).toEqual([
    'stop sign',
    'output 1',
    'output 2',
    'output 3',
  ]);
  expect(await outputNames(await table('0,stop sign\n'), network)).toEqual([
    'stop sign',
    'crane (output 1)',
    'stop sign (output 2)',
    'crane (output 3)',
  ]);
});

test('an output with an empty cell is no class, whatever it is called', async () => {
  const classNames = ['fish', 'bird', '14'];
  const named = { classNames, outputs: 3, file: 'net.onnx' };
  const names = await outputNames(await table('output,class\nfish,\n2,bird\n'), named);
  expect(outputsByName(['fish', 'bird', '00014'], names!)).toEqual([null, 2, null]);
  // Numbers that are written in another way are one name, too.
  const numbers = await outputNames(await table('output,class\nfish,00014\n'), named);
  expect(outputsByName(['fish', 'bird', '14'], numbers!)).toEqual([null, 1, 0]);
});

test.each([
  ['output,class\n0,a\n7,b\n', /Line 3 .* "7", which the teacher does not have/],
  ['0,a\n0,b\n', /Line 2 .* "0" a second time/],
  ['output,class\n', /no table/],
  ['output,class\n0,\n', /no table/],
])('the table %j is refused', async (text, message) => {
  await expect(outputNames(await table(text), network)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringMatching(message) as string,
  });
});

test('a list has a name for every output', async () => {
  expect(await outputNames(['a', 'b', 'c', 'd'], network)).toEqual(['a', 'b', 'c', 'd']);
  await expect(outputNames(['a', 'b'], network)).rejects.toMatchObject({
    code: 'WEIGHTS_MISMATCH',
    message: expect.stringMatching(/2 names, .* 4 outputs/) as string,
  });
});
