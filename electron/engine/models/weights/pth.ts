import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { DistillError } from '../../../contract/errors.ts';
import { corrupt } from './errors.ts';
import { unpickle, type PickleValue } from './pickle.ts';
import { foreignZip } from './foreign.ts';
import { findStateDict } from './state-dict.ts';
import { sizeOf, type TensorMap } from './tensor-data.ts';
import { torchRules, type PickledStorage, type PickledTensor } from './torch-pickle.ts';

/** What a file by torch.save holds. */
export interface TorchFile {
  tensors: TensorMap;
  /** The keys under which they were found, e.g. 'model'; null: they are the whole. */
  container: string | null;
}

/** torch.serialization.MAGIC_NUMBER and PROTOCOL_VERSION of the format before PyTorch 1.6. */
const legacyMagic = 0x1950a86a20f9469cfc6cn;
const legacyProtocol = 1001;

const maximumEntries = 100_000;
/** Tied weights share a storage; more copies of a file's numbers than this is an attack on the memory. */
const maximumCopies = 4;

function bigEndian(file: string): DistillError {
  return new DistillError(
    'UNSUPPORTED_FORMAT',
    `The weights file ${file} was written on a big-endian machine.`,
    'Save it again on a little-endian one, best as safetensors.',
  );
}

/** Collects a view's numbers out of its storage's bytes, in row-major order. */
function gather({ storage, shape, strides, offset }: PickledTensor, bytes: Uint8Array): Float32Array {
  const { dtype } = storage;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Float32Array(sizeOf(shape));
  const index = shape.map(() => 0);
  let from = offset;
  for (let i = 0; i < data.length; i++) {
    data[i] = dtype.read(view, from * dtype.bytes);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return data;
}

/** Reads the tensors' numbers; `load` gives a storage's bytes, of which there are as many as it claims. */
async function materialise(
  tensors: Map<string, PickledTensor>,
  fileBytes: number,
  file: string,
  load: (storage: PickledStorage) => Promise<Uint8Array>,
): Promise<TensorMap> {
  const total = [...tensors.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (total > maximumCopies * fileBytes)
    throw corrupt(file, `its tensors claim ${total} numbers, more than it can hold`);
  const result: TensorMap = new Map();
  for (const [name, tensor] of tensors) {
    result.set(name, { shape: tensor.shape, data: gather(tensor, await load(tensor.storage)) });
  }
  return result;
}

async function readEntries(zip: ZipFile, file: string): Promise<Map<string, Entry>> {
  if (zip.entryCount > maximumEntries) throw corrupt(file, `it has ${zip.entryCount} parts`);
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    if (entries.has(entry.fileName)) throw corrupt(file, `its part ${entry.fileName} is there twice`);
    entries.set(entry.fileName, entry);
  }
  return entries;
}

async function readZip(bytes: Buffer, file: string): Promise<TorchFile> {
  const zip = await fromBufferPromise(bytes);
  const entries = await readEntries(zip, file);
  /** torch.save stores its parts uncompressed, so that none is larger than the file. */
  const part = async (name: string): Promise<Buffer> => {
    const entry = entries.get(name);
    if (!entry) throw corrupt(file, `its part ${name} is missing`);
    if (entry.compressionMethod !== 0 || entry.isEncrypted())
      throw corrupt(file, `its part ${name} is compressed or encrypted`);
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const data = bytes.subarray(fileDataStart, fileDataStart + entry.compressedSize);
    if (data.length !== entry.compressedSize) throw corrupt(file, `it ends within its part ${name}`);
    return data;
  };

  const foreign = foreignZip([...entries.keys()], file);
  if (foreign) throw foreign;
  const pickle = [...entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (!pickle) throw corrupt(file, 'it is a zip archive without data.pkl, not one by torch.save');
  const folder = pickle.slice(0, -'data.pkl'.length);
  if (entries.has(`${folder}byteorder`) && (await part(`${folder}byteorder`)).toString() !== 'little') {
    throw bigEndian(file);
  }
  const { value } = unpickle(await part(pickle), 0, torchRules(file));
  const { tensors, container } = findStateDict(value, file);
  const load = async ({ key, length, dtype }: PickledStorage) => {
    const data = await part(`${folder}data/${key}`);
    if (data.length !== length * dtype.bytes)
      throw corrupt(file, `its part data/${key} has ${data.length} bytes`);
    return data;
  };
  return { tensors: await materialise(tensors, bytes.length, file, load), container };
}

/** Five pickles (magic, protocol, system, the object, the storages' keys), then each storage: its length and its numbers. */
async function readLegacy(bytes: Buffer, file: string): Promise<TorchFile> {
  const rules = torchRules(file);
  /** Bytes of one number, by the storage's key. */
  const itemBytes = new Map<PickleValue, number>();
  const persistent = (id: PickleValue) => {
    const storage = rules.persistent(id);
    itemBytes.set(storage.key, storage.dtype.bytes);
    return storage;
  };
  let position = 0;
  const next = () => {
    const { value, end } = unpickle(bytes, position, { ...rules, persistent });
    position = end;
    return value;
  };
  if (next() !== legacyMagic || next() !== legacyProtocol)
    throw corrupt(file, 'it is a pickle, but not one by torch.save');
  const system = next();
  if (!(system instanceof Map) || system.get('little_endian') !== true) throw bigEndian(file);
  const root = next();
  const keys = next();
  if (!Array.isArray(keys)) throw corrupt(file, "the list of its storages' keys is missing");

  const parts = new Map<PickleValue, Buffer>();
  for (const key of keys) {
    if (position + 8 > bytes.length) throw corrupt(file, 'it ends before its last storage');
    const length = Number(bytes.readBigInt64LE(position)) * (itemBytes.get(key) ?? NaN);
    position += 8;
    if (!(length >= 0 && length <= bytes.length - position)) throw corrupt(file, 'it ends within a storage');
    parts.set(key, bytes.subarray(position, position + length));
    position += length;
  }
  const { tensors, container } = findStateDict(root, file);
  const load = ({ key, length, dtype }: PickledStorage) => {
    const data = parts.get(key);
    if (data?.length !== length * dtype.bytes)
      throw corrupt(file, `its storage ${key} is missing or has another length`);
    return Promise.resolve(data);
  };
  return { tensors: await materialise(tensors, bytes.length, file, load), container };
}

/**
 * Reads the state dict of a file by torch.save, in the zip format or the one before PyTorch 1.6. Nothing in it is run.
 * Throws WEIGHTS_UNSAFE, WEIGHTS_CORRUPT, WEIGHTS_MISMATCH or UNSUPPORTED_FORMAT; `file` names the bytes in messages.
 */
export async function decodePth(bytes: Buffer, file: string): Promise<TorchFile> {
  try {
    return await (bytes.toString('latin1', 0, 2) === 'PK' ? readZip(bytes, file) : readLegacy(bytes, file));
  } catch (error) {
    if (error instanceof DistillError) throw error;
    throw corrupt(file, error instanceof Error ? error.message : String(error), error);
  }
}
