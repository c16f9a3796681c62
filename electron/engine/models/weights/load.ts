import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import { corrupt, inaccessible } from './errors.ts';
import { decodePth } from './pth.ts';
import { decodeSafetensors } from './safetensors.ts';
import type { TensorMap } from './tensor-data.ts';

/** The most that Node reads into one buffer at once. */
const maximumFile = 2 ** 31 - 1;

/** What DistributedDataParallel and torch.compile put in front of every name. */
const wrapperPrefix = /^(?:module\.|_orig_mod\.)+/;

const pickleEndings = new Set(['.pth', '.pt', '.pkl', '.ckpt', '.bin', '.tar']);

async function readWhole(file: string): Promise<Buffer> {
  const found = await stat(file);
  if (!found.isFile()) {
    throw new DistillError(
      'INVALID_INPUT',
      `${file} is not a file.`,
      'Name a weights file: .safetensors or .pth.',
    );
  }
  if (found.size > maximumFile) {
    throw new DistillError(
      'UNSUPPORTED_FORMAT',
      `The weights file ${file} is larger than 2 GiB.`,
      'Save the weights alone, without the optimiser.',
    );
  }
  return readFile(file);
}

/** The bytes of a weights file. Throws NOT_FOUND, INVALID_INPUT (not a file), UNSUPPORTED_FORMAT (over 2 GiB) and the like. */
export async function readWeightsFile(file: string): Promise<Buffer> {
  try {
    return await readWhole(file);
  } catch (error) {
    throw error instanceof DistillError ? error : inaccessible(file, error);
  }
}

/** What a weights file holds, whichever its format. */
export interface WeightsFile {
  format: 'safetensors' | 'pth';
  /** In PyTorch's layout, names without the prefixes 'module.' and '_orig_mod.'. */
  tensors: TensorMap;
  /** Of a safetensors file. */
  metadata: Record<string, string>;
}

async function decodeBySniffing(bytes: Buffer, file: string): Promise<WeightsFile> {
  // Safetensors: a header length whose upper bytes are 0, then the header's brace.
  const isSafetensors = bytes.length > 8 && bytes.readUInt32LE(4) === 0 && bytes[8] === 0x7b;
  const ending = path.extname(file).toLowerCase();
  if (isSafetensors || ending === '.safetensors')
    return { format: 'safetensors', ...decodeSafetensors(bytes, file) };
  const zip = bytes.toString('latin1', 0, 2) === 'PK';
  if (zip || bytes[0] === 0x80 || pickleEndings.has(ending))
    return { format: 'pth', tensors: await decodePth(bytes, file), metadata: {} };
  throw new DistillError(
    'UNSUPPORTED_FORMAT',
    `${file} is neither a safetensors file nor one by torch.save.`,
    'Name a weights file: .safetensors or .pth.',
  );
}

/**
 * Reads a safetensors or PyTorch file, found by its content. Throws WEIGHTS_CORRUPT, WEIGHTS_UNSAFE, WEIGHTS_MISMATCH (no
 * tensors in it), UNSUPPORTED_FORMAT, INVALID_INPUT or NOT_FOUND.
 */
export async function openWeights(file: string): Promise<WeightsFile> {
  const { tensors, ...rest } = await decodeBySniffing(await readWeightsFile(file), file);
  const weights: TensorMap = new Map();
  for (const [wrapped, tensor] of tensors) {
    const name = wrapped.replace(wrapperPrefix, '');
    if (weights.has(name)) throw corrupt(file, `it holds "${name}" twice, with and without a prefix`);
    weights.set(name, tensor);
  }
  return { ...rest, tensors: weights };
}

/** The tensors of a weights file alone; throws as openWeights does. */
export async function readWeights(file: string): Promise<TensorMap> {
  return (await openWeights(file)).tensors;
}
