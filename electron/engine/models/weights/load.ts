import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import { readWholeFile } from '../../../platform/files.ts';
import { foreignFile, foreignFolder } from './foreign.ts';
import { decodePth } from './pth.ts';
import { decodeSafetensors } from './safetensors.ts';
import type { TensorMap } from './tensor-data.ts';

/** The most that Node reads into one buffer at once. */
const maximumFile = 2 ** 31 - 1;

const pickleEndings = new Set(['.pth', '.pt', '.pkl', '.ckpt', '.bin', '.tar']);

/** The bytes of a weights file. Throws NOT_FOUND, INVALID_INPUT (not a file), UNSUPPORTED_FORMAT (over 2 GiB) and the like. */
export async function readWeightsFile(file: string): Promise<Buffer> {
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory()) throw foreignFolder(await readdir(file).catch(() => []), file);
  return readWholeFile(
    file,
    maximumFile,
    () =>
      new DistillError(
        'UNSUPPORTED_FORMAT',
        `The weights file "${file}" is larger than 2 GiB.`,
        'Save the weights alone, without the optimiser.',
      ),
  );
}

/** What a weights file holds, whichever its format. */
export interface WeightsFile {
  format: 'safetensors' | 'pth';
  /** In PyTorch's layout, named as in the file. */
  tensors: TensorMap;
  /** The keys under which a PyTorch file keeps them, e.g. 'state_dict'; null: they are the whole. */
  container: string | null;
  /** Of a safetensors file. */
  metadata: Record<string, string>;
}

/**
 * Reads a safetensors or PyTorch file, found by its content. Throws WEIGHTS_CORRUPT, WEIGHTS_UNSAFE, WEIGHTS_MISMATCH (no
 * tensors in it), UNSUPPORTED_FORMAT, INVALID_INPUT or NOT_FOUND.
 */
export async function openWeights(file: string): Promise<WeightsFile> {
  const bytes = await readWeightsFile(file);
  const ending = path.extname(file).toLowerCase();
  // Safetensors: a header length whose upper bytes are 0, then the header's brace.
  const isSafetensors = bytes.length > 8 && bytes.readUInt32LE(4) === 0 && bytes[8] === 0x7b;
  if (isSafetensors) return { format: 'safetensors', container: null, ...decodeSafetensors(bytes, file) };
  const isTorch = bytes.toString('latin1', 0, 2) === 'PK' || bytes[0] === 0x80;
  const foreign = isTorch ? null : foreignFile(bytes, file);
  if (foreign) throw foreign;
  if (ending === '.safetensors')
    return { format: 'safetensors', container: null, ...decodeSafetensors(bytes, file) };
  if (isTorch || pickleEndings.has(ending))
    return { format: 'pth', metadata: {}, ...(await decodePth(bytes, file)) };
  throw new DistillError(
    'UNSUPPORTED_FORMAT',
    `${file} is neither a safetensors file nor one by torch.save.`,
    'Name a weights file: .safetensors or .pth.',
  );
}

/** The tensors of a weights file alone; throws as openWeights does. */
export async function readWeights(file: string): Promise<TensorMap> {
  return (await openWeights(file)).tensors;
}
