import type { Stats } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import type { ExportedFile } from '../../contract/exported.ts';
import { fileError } from '../../platform/files.ts';
import { filesBelow, sumOfBytes } from '../../platform/folder-size.ts';
import type { DeployedHints, DeployedNetwork } from './deployed.ts';
import { openOnnx } from './onnx.ts';
import { openTfjs } from './tfjs.ts';
import { openTflite } from './tflite.ts';

type Format = ExportedFile['format'];

/** Opens a file of one format, or a folder. Throws UNSUPPORTED_FORMAT, INVALID_INPUT where file and hints state too little. */
type Reader = (file: string, hints: DeployedHints) => Promise<DeployedNetwork>;

/** A new format is one file and one line here. */
const readers: Record<Format, Reader> = { onnx: openOnnx, tflite: openTflite, tfjs: openTfjs };

const refuse = (file: string, what: string, hint: string): DistillError =>
  new DistillError('UNSUPPORTED_FORMAT', `"${file}" ${what}.`, hint);

const known = 'Give an .onnx or .tflite file, or a folder with one, or with the model.json of TensorFlow.js.';

async function firstBytes(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const bytes = Buffer.alloc(16);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** What a file is, by its first bytes; ONNX has no mark of its own, but its first field is the version of its form. */
async function formatOfFile(file: string): Promise<Format> {
  const bytes = await firstBytes(file);
  const text = (from: number, to: number) => bytes.toString('latin1', from, to);
  if (text(4, 8) === 'TFL3') return 'tflite';
  if (text(0, 2) === 'PK') throw refuse(file, 'is a zip', 'Unpack it and give a network in it.');
  if (text(8, 9) === '{')
    throw refuse(file, 'holds only weights', 'Give the folder of its run, or a network in another format.');
  if (bytes[0] === 0x08 && bytes[1]! < 0x20) return 'onnx';
  throw refuse(file, 'is not a network that can be read here', known);
}

/** The one network in a folder. */
async function inFolder(folder: string): Promise<{ file: string; format: Format }> {
  const names = await readdir(folder);
  if (names.includes('model.json')) return { file: folder, format: 'tfjs' };
  const networks = names.filter((name) => /\.(onnx|tflite)$/i.test(name));
  const [name] = networks;
  if (name === undefined) throw refuse(folder, 'has no network in it, and no run.json', known);
  if (networks.length > 1)
    throw new DistillError(
      'INVALID_INPUT',
      `There are ${networks.length} networks in "${folder}".`,
      `Choose one of them: ${networks.sort().join(', ')}.`,
    );
  const file = path.join(folder, name);
  return { file, format: await formatOfFile(file) };
}

async function find(file: string): Promise<{ file: string; format: Format; info: Stats }> {
  try {
    const info = await stat(file);
    const found = info.isDirectory() ? await inFolder(file) : { file, format: await formatOfFile(file) };
    return { ...found, info };
  } catch (thrown) {
    throw fileError(thrown, file);
  }
}

/** The file of a network, or of the one in a folder; of TensorFlow.js the folder. Throws NOT_FOUND, UNSUPPORTED_FORMAT. */
export const networkFile = async (given: string): Promise<string> => (await find(given)).file;

/** A network, and what its file states about it. */
export interface OpenedNetwork {
  network: DeployedNetwork;
  description: ExportedFile;
}

/**
 * Opens a network file, or the one in a folder, by what it is. The caller disposes of the network.
 * Throws NOT_FOUND, UNSUPPORTED_FORMAT, INVALID_INPUT where neither file nor hints state how it takes images, or where the
 * hints' classes are not as many as its outputs.
 */
export async function openDeployed(given: string, hints: DeployedHints = {}): Promise<OpenedNetwork> {
  const { file, format, info } = await find(given);
  const network = await readers[format](file, hints);
  const { runtime, input, classes, outputs } = network;
  if (classes !== null && classes.length !== outputs) {
    await network.dispose();
    throw new DistillError(
      'INVALID_INPUT',
      `"${file}" has ${outputs} outputs, and there are ${classes.length} names of classes.`,
      'Give a name for each output, in their order.',
    );
  }
  const bytes = info.isDirectory() ? sumOfBytes(await filesBelow(given)) : info.size;
  return { network, description: { file: given, format, bytes, runtime, input, classes, outputs } };
}
