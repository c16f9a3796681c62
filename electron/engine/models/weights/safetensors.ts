import { z } from 'zod';
import { DistillError } from '../../../contract/errors.ts';
import { corrupt } from './errors.ts';
import { decode, type Dtype, dtypes } from './dtypes.ts';
import { maximumHeader } from './safetensors-header.ts';
import { sizeOf, type TensorData, type TensorMap } from './tensor-data.ts';

/** As many as a zip of PyTorch's may have; the largest network here has a few hundred. */
const maximumTensors = 100_000;

const metadataSchema = z.record(z.string(), z.string());

export interface Safetensors {
  tensors: TensorMap;
  /** The header's __metadata__. */
  metadata: Record<string, string>;
}

/** Counted before the JSON is parsed: a million entries would take seconds and a gigabyte. */
function checkCount(header: Buffer, file: string): void {
  let count = 0;
  const key = '"data_offsets"';
  for (let at = header.indexOf(key); at >= 0; at = header.indexOf(key, at + key.length)) count++;
  if (count <= maximumTensors) return;
  throw new DistillError(
    'UNSUPPORTED_FORMAT',
    `The weights file ${file} lists ${count} tensors, more than any network that can be read here.`,
    `Save the network's own weights alone; up to ${maximumTensors} tensors are read.`,
  );
}

function parseHeader(bytes: Uint8Array, file: string): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8)
    throw corrupt(file, `it has ${bytes.length} bytes, less than its header's length takes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(Math.min(maximumHeader, bytes.length - 8))) {
    throw corrupt(file, `its header claims ${String(length)} bytes, more than there are or may be`);
  }
  const start = 8 + Number(length);
  checkCount(Buffer.from(bytes.buffer, bytes.byteOffset + 8, Number(length)), file);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch (cause) {
    throw corrupt(file, 'its header is not JSON', cause);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw corrupt(file, 'its header is not a JSON object');
  }
  return { header: header as Record<string, unknown>, start };
}

interface Entry {
  name: string;
  dtype: Dtype;
  shape: number[];
  /** From and to, counted from the header's end. */
  offsets: [number, number];
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);

function parseEntry(name: string, value: unknown, file: string): Entry {
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const { dtype: dtypeName, shape, data_offsets: offsets } = fields;
  const isEntry =
    typeof dtypeName === 'string' &&
    isCounts(shape) &&
    isCounts(offsets) &&
    offsets.length === 2 &&
    Object.keys(fields).length === 3;
  if (!isEntry) throw corrupt(file, `the entry of "${name}" has no valid dtype, shape and data_offsets`);
  const dtype = dtypes.get(dtypeName);
  if (!dtype) {
    throw new DistillError(
      'UNSUPPORTED_FORMAT',
      `The tensor "${name}" of ${file} has the number type ${dtypeName}.`,
      `Save it as one of ${[...dtypes.keys()].join(', ')}.`,
    );
  }
  return { name, dtype, shape, offsets: [offsets[0]!, offsets[1]!] };
}

/** A tensor of a file, decoded each time that it is asked for: most files hold more than is taken. */
class FileTensor implements TensorData {
  readonly shape: number[];
  readonly #dtype: Dtype;
  readonly #bytes: Uint8Array;

  constructor({ shape, dtype }: Entry, bytes: Uint8Array) {
    this.shape = shape;
    this.#dtype = dtype;
    this.#bytes = bytes;
  }

  get data(): Float32Array {
    return decode(this.#dtype, this.#bytes);
  }
}

/**
 * Reads the safetensors format strictly: a little-endian uint64 header length, a JSON header, then the tensors' bytes,
 * which the entries must cover without overlap or hole. Throws WEIGHTS_CORRUPT or UNSUPPORTED_FORMAT; `file` names the
 * bytes in messages.
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const { header, start } = parseHeader(bytes, file);
  const metadata = metadataSchema.safeParse(header['__metadata__'] ?? {});
  if (!metadata.success) throw corrupt(file, 'its __metadata__ holds something other than strings');

  const entries = Object.keys(header)
    .filter((name) => name !== '__metadata__')
    .map((name) => parseEntry(name, header[name], file));
  const tensors: TensorMap = new Map();
  let end = 0;
  for (const entry of entries.toSorted(
    (a, b) => a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1],
  )) {
    const { name, dtype, shape, offsets } = entry;
    if (offsets[0] !== end) throw corrupt(file, `the bytes of "${name}" overlap others or leave a hole`);
    if (offsets[1] - offsets[0] !== sizeOf(shape) * dtype.bytes) {
      throw corrupt(file, `the bytes of "${name}" do not make its shape [${shape.join(', ')}]`);
    }
    end = offsets[1];
    if (start + end > bytes.length) throw corrupt(file, `it ends within "${name}"`);
    tensors.set(name, new FileTensor(entry, bytes.subarray(start + offsets[0], start + end)));
  }
  if (start + end !== bytes.length) {
    throw corrupt(file, `${bytes.length - start - end} bytes follow its last tensor`);
  }
  return { tensors, metadata: metadata.data };
}

/** Float32Array is written as F32, BigInt64Array as I64; Uint16Array holds the bits of halves and is written as F16. */
export interface StoredTensor {
  shape: number[];
  data: Float32Array | BigInt64Array | Uint16Array;
}

function dtypeOf(data: StoredTensor['data']): string {
  if (data instanceof Float32Array) return 'F32';
  return data instanceof Uint16Array ? 'F16' : 'I64';
}

/** Writes the format above; the widest first, so that everything is aligned. Equal input, equal bytes. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const ordered = [...tensors].toSorted(
    ([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT,
  );
  let end = 0;
  const entries = ordered.map(([name, { shape, data }]) => {
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: dtypeOf(data), shape, data_offsets: [begin, end] }];
  });
  const json = new TextEncoder().encode(
    JSON.stringify({
      __metadata__: { format: 'pt', ...metadata },
      ...(Object.fromEntries(entries) as object),
    }),
  );
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  bytes.fill(0x20, 8 + json.length, 8 + headerLength);
  let offset = 8 + headerLength;
  for (const [, { data }] of ordered) {
    // Little-endian as the format wants it: so is every processor that the native libraries are built for.
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}
