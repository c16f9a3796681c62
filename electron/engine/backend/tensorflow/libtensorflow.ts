import { access, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';

/** A TensorFlow to compile and link against. */
export interface Libtensorflow {
  /** The folder that holds include/, absolute. */
  folder: string;
  include: string;
  /** Absolute paths of the library with the C interface and of the framework library. */
  libraries: string[];
  /** What the build states that it needs; null where it does not (only Python's wheel does). */
  build: { cuda: boolean | null; cudaVersion: string | null; cudnnVersion: string | null };
}

/** The headers that tfjs-node's addon includes. */
const headers = [
  'tensorflow/c/c_api.h',
  'tensorflow/c/eager/c_api.h',
  'tensorflow/c/tf_datatype.h',
  'tensorflow/c/tf_status.h',
  'tensorflow/c/tf_tensor.h',
  'tensorflow/core/platform/ctstring_internal.h',
];

/** Names of the two libraries, in Python's wheel and in the archive for C. */
const libraryNames: Partial<Record<NodeJS.Platform, readonly (readonly string[])[]>> = {
  linux: [['libtensorflow_cc.so.2', 'libtensorflow.so.2'], ['libtensorflow_framework.so.2']],
  darwin: [['libtensorflow_cc.2.dylib', 'libtensorflow.2.dylib'], ['libtensorflow_framework.2.dylib']],
};

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

async function firstExisting(files: readonly string[]): Promise<string | null> {
  for (const file of files) if (await exists(file)) return file;
  return null;
}

/** The value of `'name', 'value'` or `'name': value` in the Python of the wheel's build_info.py. */
function buildValue(source: string, name: string): string | null {
  return new RegExp(`['"]${name}['"]\\s*[,:]\\s*['"]?([\\w.]+)`).exec(source)?.[1] ?? null;
}

async function readBuild(folder: string): Promise<Libtensorflow['build']> {
  const file = path.join(folder, 'python', 'platform', 'build_info.py');
  const source = await readFile(file, 'utf8').catch(() => '');
  const cuda = buildValue(source, 'is_cuda_build');
  return {
    cuda: cuda === null ? null : cuda === 'True',
    cudaVersion: buildValue(source, 'cuda_version'),
    cudnnVersion: buildValue(source, 'cudnn_version'),
  };
}

const hint =
  'Name the folder "tensorflow" of an unpacked or installed Python wheel of TensorFlow, or the unpacked libtensorflow archive for C.';

async function requireFolder(given: string): Promise<void> {
  const found = await stat(given).catch(() => null);
  if (!found) throw new DistillError('NOT_FOUND', `"${given}" does not exist.`, hint);
  if (found.isDirectory()) return;
  const advice = given.endsWith('.whl')
    ? 'A wheel is a zip archive: unpack it, and name its folder "tensorflow".'
    : hint;
  throw new DistillError('INVALID_INPUT', `"${given}" is a file where a folder is needed.`, advice);
}

/**
 * Checks a folder that the user points at: headers in include/, libraries beside it or in lib/. A folder that holds the folder
 * "tensorflow" will do too. Throws DistillError that names every file that is missing.
 */
export async function inspectLibtensorflow(
  given: string,
  platform: NodeJS.Platform = process.platform,
): Promise<Libtensorflow> {
  const names = libraryNames[platform];
  if (!names) {
    throw new DistillError(
      'BACKEND_UNAVAILABLE',
      `Linking TensorFlow is not supported on ${platform}.`,
      'It works on Linux (also inside WSL) and macOS; everything else works here without it.',
    );
  }
  await requireFolder(given);
  const inner = path.join(given, 'tensorflow');
  const folder = path.resolve((await exists(path.join(inner, 'include'))) ? inner : given);
  const include = path.join(folder, 'include');
  const missing: string[] = [];
  for (const header of headers) {
    if (!(await exists(path.join(include, header)))) missing.push(path.join('include', header));
  }
  const libraries: string[] = [];
  for (const choices of names) {
    const places = choices.flatMap((name) => [path.join(folder, name), path.join(folder, 'lib', name)]);
    const found = await firstExisting(places);
    if (found === null) missing.push(choices.join(' or '));
    else libraries.push(found);
  }
  if (missing.length > 0) {
    const what = missing.length === 1 ? 'This file is' : 'These files are';
    const message = `"${folder}" holds no complete libtensorflow. ${what} missing: ${missing.join(', ')}.`;
    throw new DistillError('NOT_FOUND', message, hint);
  }
  return { folder, include, libraries, build: await readBuild(folder) };
}
