/** Writes what torch.save writes, byte by byte, so that the readers can be shown files that PyTorch would never make. */

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

/** Pickle opcodes that the tests need; each returns its bytes. */
export const op = {
  proto: Buffer.from([0x80, 2]),
  stop: latin1('.'),
  mark: latin1('('),
  none: latin1('N'),
  false: Buffer.from([0x89]),
  true: Buffer.from([0x88]),
  emptyTuple: latin1(')'),
  emptyDict: latin1('}'),
  emptyList: latin1(']'),
  tuple: latin1('t'),
  reduce: latin1('R'),
  build: latin1('b'),
  setItems: latin1('u'),
  appends: latin1('e'),
  persistentId: latin1('Q'),
  stackGlobal: Buffer.from([0x93]),
  int: (value: number): Buffer => Buffer.concat([latin1('J'), int32(value)]),
  text: (value: string): Buffer =>
    Buffer.concat([latin1('X'), int32(Buffer.byteLength(value)), Buffer.from(value)]),
  global: (module: string, name: string): Buffer => latin1(`c${module}\n${name}\n`),
};

export interface SavedTensor {
  storageClass: string;
  /** The storage's bytes. */
  bytes: Buffer;
  /** Numbers in the storage. */
  length: number;
  offset?: number;
  shape: number[];
  strides: number[];
}

const ints = (values: number[]): Buffer =>
  Buffer.concat([op.mark, ...values.map((value) => op.int(value)), op.tuple]);

function tensorPickle(
  key: string,
  { storageClass, length, offset = 0, shape, strides }: SavedTensor,
  legacy: boolean,
) {
  const storage = [
    op.text('storage'),
    op.global('torch', storageClass),
    op.text(key),
    op.text('cpu'),
    op.int(length),
  ];
  const id = Buffer.concat([op.mark, ...storage, ...(legacy ? [op.none] : []), op.tuple, op.persistentId]);
  const hooks = Buffer.concat([op.global('collections', 'OrderedDict'), op.emptyTuple, op.reduce]);
  return Buffer.concat([
    op.global('torch._utils', '_rebuild_tensor_v2'),
    op.mark,
    ...[id, op.int(offset), ints(shape), ints(strides), op.false, hooks],
    op.tuple,
    op.reduce,
  ]);
}

/** A pickled state dict; storages are keyed '0', '1', ... in order. */
export function stateDictPickle(tensors: Record<string, SavedTensor>, legacy = false): Buffer {
  const items = Object.entries(tensors).flatMap(([name, tensor], i) => [
    op.text(name),
    tensorPickle(String(i), tensor, legacy),
  ]);
  return Buffer.concat([
    op.global('collections', 'OrderedDict'),
    op.emptyTuple,
    op.reduce,
    op.mark,
    ...items,
    op.setItems,
  ]);
}

export const pickle = (...parts: Buffer[]): Buffer => Buffer.concat([op.proto, ...parts, op.stop]);

/** A zip archive of uncompressed entries (APPNOTE 6.3, checksums left 0, which torch.save may do as well). */
export function storedZip(entries: Record<string, Buffer>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, data] of Object.entries(entries)) {
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt32LE(data.length, 18);
    local.writeUInt32LE(data.length, 22);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt32LE(data.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(offset, 42);
    locals.push(local, latin1(name), data);
    directory.push(central, latin1(name));
    offset += 30 + name.length + data.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

/** A file of the zip format around a finished pickle. */
export function zipFile(pickled: Buffer, tensors: Record<string, SavedTensor> = {}): Buffer {
  const storages = Object.values(tensors).map(({ bytes }, i) => [`archive/data/${i}`, bytes] as const);
  return storedZip({
    'archive/data.pkl': pickled,
    'archive/byteorder': latin1('little'),
    ...(Object.fromEntries(storages) as Record<string, Buffer>),
    'archive/version': latin1('3\n'),
  });
}

/** A file of the format before PyTorch 1.6. */
export function legacyFile(tensors: Record<string, SavedTensor>): Buffer {
  const magic = Buffer.from('6cfc9c46f9206aa85019', 'hex');
  const keys = Object.keys(tensors).map((_, i) => op.text(String(i)));
  const storages = Object.values(tensors).flatMap(({ length, bytes }) => [int32(length), int32(0), bytes]);
  return Buffer.concat([
    pickle(Buffer.from([0x8a, magic.length]), magic),
    pickle(op.int(1001)),
    pickle(op.emptyDict, op.mark, op.text('little_endian'), op.true, op.setItems),
    pickle(stateDictPickle(tensors, true)),
    pickle(op.emptyList, op.mark, ...keys, op.appends),
    ...storages,
  ]);
}
