import { expect, test } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import { decodePth } from '../../../electron/engine/models/weights/pth.ts';
import { legacyFile, op, pickle, stateDictPickle, zipFile, type SavedTensor } from './torch-files.ts';

const littleEndian = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** 1.0, -2.5, 6.1e-5 (half: smallest normal number) ... as numpy writes them. */
const tensors: Record<string, SavedTensor> = {
  float: {
    storageClass: 'FloatStorage',
    bytes: littleEndian('0000803f 00000040 00004040 00008040 0000a040 0000c040'),
    length: 6,
    shape: [2, 3],
    strides: [3, 1],
  },
  transposed: {
    storageClass: 'FloatStorage',
    bytes: littleEndian('0000803f 00000040 00004040 00008040 0000a040 0000c040'),
    length: 6,
    shape: [3, 2],
    strides: [1, 3],
  },
  part: {
    storageClass: 'DoubleStorage',
    bytes: littleEndian('0000000000000000 000000000000e03f 00000000000004c0'),
    length: 3,
    offset: 1,
    shape: [2],
    strides: [1],
  },
  half: {
    storageClass: 'HalfStorage',
    bytes: littleEndian('003c 00c1 0004 0100 ff7b 007c'),
    length: 6,
    shape: [6],
    strides: [1],
  },
  brain: {
    storageClass: 'BFloat16Storage',
    bytes: littleEndian('803f 20c0'),
    length: 2,
    shape: [2],
    strides: [1],
  },
  counter: {
    storageClass: 'LongStorage',
    bytes: littleEndian('e803000000000000'),
    length: 1,
    shape: [],
    strides: [],
  },
};
const values: Record<string, number[]> = {
  float: [1, 2, 3, 4, 5, 6],
  transposed: [1, 4, 2, 5, 3, 6],
  part: [0.5, -2.5],
  half: [1, -2.5, 2 ** -14, 2 ** -24, 65504, Infinity],
  brain: [1, -2.5],
  counter: [1000],
};

const zip = (...parts: Buffer[]) => zipFile(pickle(...parts), tensors);
const failure = (bytes: Buffer): Promise<unknown> =>
  decodePth(bytes, 'x.pth').then(
    () => 'read',
    (error: unknown) => error,
  );

test.each([
  ['zip', zip(stateDictPickle(tensors))],
  ['legacy', legacyFile(tensors)],
])('the %s format gives every number type, strided views and scalars', async (_, bytes) => {
  const { tensors: weights, container } = await decodePth(bytes, 'x.pth');
  expect(container).toBeNull();
  expect(Object.fromEntries([...weights].map(([name, { data }]) => [name, [...data]]))).toEqual(values);
  expect(weights.get('transposed')!.shape).toEqual([3, 2]);
  expect(weights.get('counter')!.shape).toEqual([]);
});

test.each([
  'model',
  'state_dict',
  'model_state_dict',
  'net',
  'teacher',
  'ema',
  'state_dict_ema',
  'model_ema',
  'ema_state_dict',
  'weights',
  'params',
])('a state dict under "%s" is found, and its place is reported', async (key) => {
  const wrapped = [
    op.emptyDict,
    op.mark,
    op.text('epoch'),
    op.int(3),
    op.text(key),
    stateDictPickle(tensors),
    op.setItems,
  ];
  const found = await decodePth(zip(...wrapped), 'x.pth');
  expect([...found.tensors.keys()]).toEqual(Object.keys(tensors));
  expect(found.container).toBe(key);
});

test('of plain and averaged weights the plain ones are taken, whatever their order', async () => {
  const float = stateDictPickle({ float: tensors['float']! });
  const averaged = stateDictPickle({ averaged: tensors['float']! });
  const both = [op.emptyDict, op.mark, op.text('ema'), averaged, op.text('model'), float, op.setItems];
  const { tensors: found, container } = await decodePth(zipFile(pickle(...both), tensors), 'x.pth');
  expect([...found.keys()]).toEqual(['float']);
  expect(container).toBe('model');
});

test('the attributes that PyTorch gives a state dict are passed over', async () => {
  const metadata = [op.emptyDict, op.mark, op.text('_metadata'), op.emptyDict, op.setItems, op.build];
  expect((await decodePth(zip(stateDictPickle(tensors), ...metadata), 'x.pth')).tensors.size).toBe(6);
});

test('a dict as Python 2 pickled it, from a list of pairs, is read', async () => {
  const counter = stateDictPickle({ float: tensors['float']! });
  const inner = [op.mark, op.text('model'), counter, op.tuple];
  const pairs = [op.mark, op.emptyList, op.mark, ...inner, op.appends, op.tuple];
  const bytes = zip(op.global('collections', 'OrderedDict'), ...pairs, op.reduce);
  expect([...(await decodePth(bytes, 'x.pth')).tensors.keys()]).toEqual(['float']);
});

test('a file without tensors says what it holds instead', async () => {
  const error = await failure(zip(op.emptyDict, op.mark, op.text('epoch'), op.int(3), op.setItems));
  expect(error).toMatchObject({
    code: 'WEIGHTS_MISMATCH',
    message: expect.stringContaining('epoch') as string,
  });
});

const system = [op.text('rm -rf /'), Buffer.from([0x85]), op.reduce];
test.each([
  ['os.system', [op.global('os', 'system'), ...system]],
  ['posix.system', [op.text('posix'), op.text('system'), op.stackGlobal, ...system]],
  ['builtins.eval', [op.global('builtins', 'eval'), ...system]],
  [
    'torch.nn.modules.linear.Linear',
    [op.global('torch.nn.modules.linear', 'Linear'), op.emptyTuple, Buffer.from([0x81])],
  ],
  ['torch.load', [op.global('torch', 'load'), ...system]],
  ['collections.OrderedDict.fromkeys', [op.global('collections', 'OrderedDict.fromkeys'), ...system]],
  ['INST', [op.mark, Buffer.from('ios\nsystem\n')]],
  ['os.system', [op.mark, Buffer.from('ios\nsystem\n')]],
  ['OBJ', [op.mark, op.global('collections', 'OrderedDict'), Buffer.from('o')]],
  ['NEWOBJ', [op.global('collections', 'OrderedDict'), op.emptyTuple, Buffer.from([0x81])]],
  ['EXT1', [Buffer.from([0x82, 1])]],
  ['BUILD', [op.global('torch', 'FloatStorage'), op.emptyDict, op.build]],
  ['torch.FloatStorage', [op.global('torch', 'FloatStorage'), op.emptyTuple, op.reduce]],
])('%s is refused by name, in both formats', async (name, parts) => {
  for (const bytes of [zip(...parts), pickle(...parts), Buffer.concat([...parts, op.stop])]) {
    const error = await failure(bytes);
    expect(error).toMatchObject({ code: 'WEIGHTS_UNSAFE', message: expect.stringContaining(name) as string });
  }
});

const tensor = tensors['float']!;
test.each([
  ['a stride beyond the storage', { ...tensor, strides: [4, 1] }],
  ['an offset beyond the storage', { ...tensor, offset: 1 }],
  ['more numbers than the storage has', { ...tensor, shape: [1000, 1000, 1000], strides: [0, 0, 0] }],
  [
    'sides whose product overflows',
    { ...tensor, shape: [2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1, 1], strides: [0, 0, 0, 0] },
  ],
  ['a negative stride', { ...tensor, strides: [-3, 1] }],
  ['fewer strides than sides', { ...tensor, strides: [1] }],
  ['a storage that is longer than its bytes', { ...tensor, length: 7 }],
])('%s is refused', async (_, broken) => {
  for (const bytes of [zipFile(pickle(stateDictPickle({ broken })), { broken }), legacyFile({ broken })]) {
    expect(await failure(bytes)).toMatchObject({ code: 'WEIGHTS_CORRUPT' });
  }
});

test.each([
  ['zip', zip(stateDictPickle(tensors))],
  ['legacy', legacyFile(tensors)],
])(
  'the %s format cut anywhere, or with any byte changed, fails with an error of ours or is read',
  async (_, bytes) => {
    for (let cut = 0; cut < bytes.length; cut += 3) {
      expect(await failure(bytes.subarray(0, cut)), `cut at ${cut}`).toBeInstanceOf(DistillError);
    }
    for (let place = 0; place < bytes.length; place++) {
      const changed = Buffer.from(bytes);
      changed[place]! ^= 1 << (place % 8);
      const result = await failure(changed);
      if (result !== 'read') expect(result, `changed at ${place}`).toBeInstanceOf(DistillError);
    }
  },
);
