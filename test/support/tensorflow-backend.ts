import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chooseBackend } from '../../electron/engine/backend/choose.ts';
import { linkFolder } from '../../electron/engine/backend/tensorflow/link-record.ts';
import { linkTensorflow } from '../../electron/engine/backend/tensorflow/link.ts';

/** A TensorFlow to link for the tests; without it they use the link that this machine's user has made, or skip. */
const given = process.env['DISTILL_LIBTENSORFLOW'];

export const hasTensorflow = given !== undefined || existsSync(path.join(linkFolder(), 'link.json'));

/** Why the tests that need TensorFlow are skipped, for their title. */
export const tensorflowSkip =
  'skipped where DISTILL_LIBTENSORFLOW names no libtensorflow and "distill-studio engine link" has linked none';

let linked: string | null = null;

/** The tensorflow backend. With DISTILL_LIBTENSORFLOW it is linked first, in a temporary folder; that takes half a minute. */
export async function useTensorflowBackend(): Promise<void> {
  if (given !== undefined && linked === null) {
    linked = await mkdtemp(path.join(tmpdir(), 'distill-tensorflow-'));
    process.env['DISTILL_DATA_DIR'] = linked;
    await linkTensorflow(given, { to: null });
  }
  await chooseBackend('tensorflow');
}

/** Removes what was linked for the tests. */
export async function dropTensorflowBackend(): Promise<void> {
  if (linked !== null) await rm(linked, { recursive: true, force: true });
}
