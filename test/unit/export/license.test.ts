import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import {
  defaultNetworkOptions,
  exportDescriptors,
  exportFormats,
  precisionOf,
} from '../../../electron/contract/exports.ts';
import { cardLicense } from '../../../electron/engine/export/bundle/card-license.ts';
import { exportRun } from '../../../electron/engine/export/index.ts';
import { decode } from '../../../electron/engine/flatbuffer/decode.ts';
import { tfliteSchema } from '../../../electron/engine/flatbuffer/tflite.ts';
import { tfliteMetadataSchema } from '../../../electron/engine/flatbuffer/tflite-metadata.ts';
import { filesBelow } from '../../../electron/platform/folder-size.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { temporaryFolder } from '../run-folder/support.ts';
import { finishedRun, unpack } from './bundle-run.ts';

beforeAll(useCpuBackend);

const license = 'LicenseRef-Signs-of-Kassel';

/** int8 needs training images, which this run has not; its files are written by the same code as the float ones. */
const formats = exportFormats.filter(
  (format) => exportDescriptors[format].of === 'network' && precisionOf(format) !== 'int8',
);

/** Whether an export, a file or a folder, has a text in it. */
async function has(text: string, place: string): Promise<boolean> {
  const inside = (await filesBelow(place)).map((file) => file.path);
  return (inside.length > 0 ? inside : [place]).some((file) => readFileSync(file).includes(text));
}

test('the licence that is given is in every format, and in the bundle', async () => {
  const { run, model } = await finishedRun();
  const { written } = await exportRun(run, [...formats, 'bundle'], temporaryFolder(), { license });
  for (const { path: place, format } of written)
    if (format !== 'bundle') expect(await has(license, place), place).toBe(true);
  const tflite = decode(tfliteSchema, readFileSync(written.find(({ format }) => format === 'tflite')!.path));
  const { buffer } = tflite.metadata!.find(({ name }) => name === 'TFLITE_METADATA')!;
  expect(decode(tfliteMetadataSchema, tflite.buffers![buffer]!.data!).license).toBe(license);
  const bundle = await unpack(written.find(({ format }) => format === 'bundle')!.path);
  const card = readFileSync(path.join(bundle, 'MODEL_CARD.md'), 'utf8');
  expect(card).toContain(`\nlicense: other\nlicense_name: "${license}"\n`);
  expect(card).toContain(`## Licence\n\n${license}\n`);
  model.dispose();
});

test('without one the licence is unknown', async () => {
  expect(defaultNetworkOptions.license).toBeNull();
  const { run, model } = await finishedRun();
  const { files } = await exportRun(run, ['pytorch', 'bundle'], temporaryFolder());
  const config = readFileSync(path.join(files[0]!, 'config.json'), 'utf8');
  expect(JSON.parse(config)).toMatchObject({ license: 'unknown' });
  const card = readFileSync(path.join(await unpack(files[1]!), 'MODEL_CARD.md'), 'utf8');
  expect(card).toContain('\nlicense: unknown\n');
  expect(card).toContain('## Licence\n\nUnknown: it follows from');
  model.dispose();
});

/** By https://huggingface.co/docs/hub/repositories-licenses. */
test.each([
  [null, 'license: unknown'],
  ['MIT', 'license: mit'],
  ['CC-BY-NC-SA-4.0', 'license: cc-by-nc-sa-4.0'],
  ['GPL-3.0-only', 'license: other\nlicense_name: "GPL-3.0-only"'],
  ['Only: "us" # and you', 'license: other\nlicense_name: "Only: \\"us\\" # and you"'],
])('the card of %j', (given, lines) => {
  expect(cardLicense(given)).toBe(lines);
});
