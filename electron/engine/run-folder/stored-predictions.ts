import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { DistillError } from '../../contract/errors.ts';
import { type Role, roles, roleSchema } from '../../contract/run.ts';
import type { Predictions } from '../evaluate/predictions.ts';
import { fileError, isSystemError, writeFileAtomic } from '../../platform/files.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../models/weights/safetensors.ts';
import { toRead } from './own-files.ts';
import type { RunFolder } from './run-folder.ts';

/** The predictions of a run's models for its test images. */
export interface TestPredictions {
  /** The test images' keys, row by row. */
  keys: readonly string[];
  /** Of the files, row by row, by which images are recognised in other runs; null where they were not kept. */
  hashes?: readonly string[] | null;
  /** The vocabulary's names in order of id. */
  classNames: readonly string[];
  /** In the order teacher, student, baseline; all of the same images in the same order. */
  models: ReadonlyMap<Role, Predictions>;
}

/** Hexadecimal digits that are kept of a hash: 64 bits tell a million images apart but for one chance in ten million. */
const hashLength = 16;
const namesSchema = z.array(z.string());
const fileOf = (run: RunFolder): string => run.path('predictions.safetensors');

/**
 * Keeps them in predictions.safetensors: for each model a tensor of its role's name, float32 [images, classes],
 * probabilities; `labels`, int64 [images]; in the metadata, as JSON, `keys` and `classes`, what rows and columns are, `hashes`, and `covers` by role.
 * Throws DISK_FULL, NOT_WRITABLE; an older file then stays as it was.
 */
export async function writePredictions(run: RunFolder, predictions: TestPredictions): Promise<void> {
  const { keys, hashes, classNames, models } = predictions;
  const tensors = new Map<string, StoredTensor>();
  for (const [role, { n, classes, probabilities, labels }] of models) {
    tensors.set('labels', { shape: [n], data: BigInt64Array.from(labels, BigInt) });
    tensors.set(role, { shape: [n, classes], data: probabilities });
  }
  const metadata = {
    keys: JSON.stringify(keys),
    classes: JSON.stringify(classNames),
    ...coverageMetadata(models),
    ...(hashes && { hashes: JSON.stringify(hashes.map((hash) => hash.slice(0, hashLength))) }),
  };
  await writeFileAtomic(fileOf(run), encodeSafetensors(tensors, metadata));
}

/** The classes that a model knows, where it does not know all, by role. */
const coverageSchema = z.partialRecord(roleSchema, z.array(z.number().int().min(0)));

function coverageMetadata(models: TestPredictions['models']): Record<string, string> {
  const covers = [...models].flatMap(([role, one]) => (one.covers ? [[role, one.covers] as const] : []));
  return covers.length === 0 ? {} : { covers: JSON.stringify(Object.fromEntries(covers)) };
}

/** The files read last and what they held, the newest last: a host asks for one run, or two, under one mask after the other. */
let last: { file: string; stamp: string; predictions: TestPredictions }[] = [];
const mostKept = 2;

/** Throws NOT_FOUND where the run kept none, RUN_CORRUPT. */
export async function readPredictions(run: RunFolder): Promise<TestPredictions> {
  const file = fileOf(run);
  const again = `Evaluate the run again, which keeps them: distill-studio evaluate ${run.folder}`;
  try {
    const { mtimeMs, size, ino } = await stat(file);
    const stamp = [mtimeMs, size, ino].join();
    const known = last.find((one) => one.file === file && one.stamp === stamp);
    const read = known ?? {
      file,
      stamp,
      predictions: decodePredictions(await readFile(file, { flag: toRead }), file),
    };
    last = [...last.filter((one) => one.file !== file), read].slice(-mostKept);
    return read.predictions;
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) {
      const sentence = `The run "${path.basename(run.folder)}" has no stored predictions.`;
      throw new DistillError('NOT_FOUND', sentence, again);
    }
    const error = fileError(thrown, file);
    if (error.code !== 'WEIGHTS_CORRUPT') throw error;
    throw new DistillError('RUN_CORRUPT', error.message, again, { cause: error });
  }
}

/** The same, null where the run kept none. Throws RUN_CORRUPT. */
export async function findPredictions(run: RunFolder): Promise<TestPredictions | null> {
  return readPredictions(run).catch((thrown: unknown) => {
    if (thrown instanceof DistillError && thrown.code === 'NOT_FOUND') return null;
    throw thrown;
  });
}

function decodePredictions(bytes: Uint8Array, file: string): TestPredictions {
  const corrupt = (detail: string, cause?: unknown) =>
    new DistillError('WEIGHTS_CORRUPT', `"${file}" is damaged: ${detail}.`, '', { cause });
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const list = (name: string): string[] => {
    try {
      return namesSchema.parse(JSON.parse(metadata[name] ?? ''));
    } catch (cause) {
      throw corrupt(`its metadata "${name}" is not a list of names`, cause);
    }
  };
  const keys = list('keys');
  const classNames = list('classes');
  const hashes = 'hashes' in metadata ? list('hashes') : null;
  if (hashes && hashes.length !== keys.length) throw corrupt('its hashes are not one a row');
  const n = keys.length;
  const classes = classNames.length;
  const tensor = (name: string, shape: readonly number[]): Float32Array => {
    const found = tensors.get(name);
    if (found?.shape.join() === shape.join()) return found.data;
    throw corrupt(`it has no tensor "${name}" of the shape [${shape.join(', ')}]`);
  };
  const labels = Int32Array.from(tensor('labels', [n]));
  if (labels.some((label) => label < 0 || label >= classes)) throw corrupt('a label is not a class');
  const covers = coverageSchema.safeParse(JSON.parse(metadata['covers'] ?? '{}')).data;
  if (!covers) throw corrupt('its metadata "covers" is no list of classes by role');
  const models = roles
    .filter((role) => tensors.has(role))
    .map((role): [Role, Predictions] => {
      const known = covers[role];
      const probabilities = tensor(role, [n, classes]);
      return [role, { classes, n, labels, probabilities, ...(known && { covers: known }) }];
    });
  if (models.length === 0) throw corrupt("it holds no model's predictions");
  return { keys, ...(hashes && { hashes }), classNames, models: new Map(models) };
}
