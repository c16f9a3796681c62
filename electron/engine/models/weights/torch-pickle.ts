import { corrupt } from './errors.ts';
import { dtypes, type Dtype } from './dtypes.ts';
import { Global, type Foreign, type PickleRules, type PickleValue } from './pickle.ts';
import { sizeOf } from './tensor-data.ts';

/** A run of numbers of one type, kept outside of the pickle under `key`. */
export class PickledStorage implements Foreign {
  readonly kind = 'storage';
  readonly key: string;
  readonly dtype: Dtype;
  readonly length: number;

  constructor(key: string, dtype: Dtype, length: number) {
    this.key = key;
    this.dtype = dtype;
    this.length = length;
  }
}

/** A strided view of a storage; offset and strides count elements and stay within it. */
export class PickledTensor implements Foreign {
  readonly kind = 'tensor';
  readonly storage: PickledStorage;
  readonly offset: number;
  readonly shape: number[];
  readonly strides: number[];

  constructor(storage: PickledStorage, offset: number, shape: number[], strides: number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** torch's storage classes that weights may have, and their number types. */
const storageTypes = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

/** PyTorch's own limit. */
const maximumAxes = 64;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= maximumAxes && value.every(isCount);

function rebuildTensor([storage, offset, shape, strides]: PickleValue[], file: string): PickledTensor {
  if (!(storage instanceof PickledStorage) || !isCount(offset) || !isCounts(shape) || !isCounts(strides)) {
    throw corrupt(file, 'one of its tensors is not described as PyTorch describes tensors');
  }
  const size = sizeOf(shape);
  const last = shape.reduce((sum, side, axis) => sum + (side - 1) * (strides[axis] ?? NaN), offset);
  // Not even an expanded tensor may be larger than its storage: a small file must not ask for all memory.
  if (
    shape.length !== strides.length ||
    !(size <= storage.length) ||
    (size > 0 && !(last < storage.length))
  ) {
    throw corrupt(
      file,
      `a tensor of shape [${shape.join(', ')}] reaches beyond its ${storage.length} numbers`,
    );
  }
  return new PickledTensor(storage, offset, shape, strides);
}

function orderedDict([pairs = []]: PickleValue[], file: string): Map<PickleValue, PickleValue> {
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    throw corrupt(file, 'one of its OrderedDicts is not made of pairs');
  }
  // Taken out of the list, which a hostile file could otherwise pass again and again.
  return new Map(pairs.splice(0) as [PickleValue, PickleValue][]);
}

/** ('storage', class, key, device, length) and, in old files, a view into it, which is always None since PyTorch 0.4. */
function persistentStorage(id: PickleValue, file: string): PickledStorage {
  const [tag, type, key, , length, view = null] = Array.isArray(id) ? id : [];
  const dtypeName =
    type instanceof Global ? Object.entries(storageTypes).find(([name]) => name === type.name)?.[1] : '';
  const dtype = dtypes.get(dtypeName ?? '');
  if (tag !== 'storage' || !dtype || typeof key !== 'string' || !isCount(length) || view !== null) {
    throw corrupt(file, 'one of its storages is not described as PyTorch describes storages');
  }
  return new PickledStorage(key, dtype, length);
}

export interface TorchRules extends PickleRules {
  persistent(id: PickleValue): PickledStorage;
}

/** What a pickle by torch.save may hold: tensors, dicts and plain values. */
export function torchRules(file: string): TorchRules {
  const globals = [
    new Global('collections.OrderedDict', (args) => orderedDict(args, file)),
    new Global('torch._utils._rebuild_tensor', (args) => rebuildTensor(args, file)),
    new Global('torch._utils._rebuild_tensor_v2', (args) => rebuildTensor(args, file)),
    new Global('torch._utils._rebuild_parameter', ([tensor]) => {
      if (!(tensor instanceof PickledTensor)) throw corrupt(file, 'one of its parameters is not a tensor');
      return tensor;
    }),
    ...Object.keys(storageTypes).map((name) => new Global(name)),
  ];
  return {
    file,
    globals: new Map(globals.map((each) => [each.name, each])),
    persistent: (id) => persistentStorage(id, file),
  };
}
