import { DistillError } from '../../../contract/errors.ts';
import { corrupt } from './errors.ts';

/** What a pickle may hold. Tuples and lists are arrays, dicts are maps. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Global
  | Foreign;

/** Something that a global or a persistent id makes. */
export interface Foreign {
  readonly kind: string;
}

/** A name of a Python module that a pickle may refer to; `call` where it may be called. */
export class Global {
  readonly name: string;
  readonly call: ((args: PickleValue[]) => PickleValue) | undefined;

  constructor(name: string, call?: (args: PickleValue[]) => PickleValue) {
    this.name = name;
    this.call = call;
  }
}

export interface PickleRules {
  /** Names the bytes in messages. */
  file: string;
  /** The globals that are allowed, by 'module.name'. Every other is refused. */
  globals: ReadonlyMap<string, Global>;
  persistent(id: PickleValue): PickleValue;
}

const unsafeHint =
  'Open the file in PyTorch only if you trust it, save model.state_dict() alone, best as safetensors, and use that.';

/** How to save weights alone, where the first class that a pickle asks for shows what was saved instead. */
function remedyFor(module: string): string {
  if (/^fast(?:ai|core)\b/.test(module))
    return 'This is a whole fastai Learner (learn.export). Load it in fastai with load_learner, then save its weights: learn.save("teacher"), or torch.save(learn.model.state_dict(), "teacher.pth").';
  if (/^(?:__main__|torchvision\.models|timm|torch\.nn|models?)\b/.test(module))
    return 'This is a whole model (torch.save(model)), not its weights. Load it in PyTorch only if you trust it, and save torch.save(model.state_dict(), "weights.pth").';
  return unsafeHint;
}

function unsafe(file: string, what: string, hint = unsafeHint): DistillError {
  return new DistillError('WEIGHTS_UNSAFE', `The weights file ${file} was refused: ${what}.`, hint);
}

/** The longest integer that PyTorch writes is its magic number, 10 bytes. */
const maximumIntegerBytes = 16;

/** The machine of Python's pickletools, less everything that could run code. */
class Unpickler {
  readonly rules: PickleRules;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly stack: PickleValue[] = [];
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();
  position: number;

  constructor(bytes: Uint8Array, position: number, rules: PickleRules) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
    this.rules = rules;
  }

  corrupt(what: string): DistillError {
    return corrupt(this.rules.file, `${what} at byte ${this.position} of its pickle`);
  }

  /** Moves past `length` bytes that must be there; returns where they begin. */
  advance(length: number): number {
    if (length > this.bytes.length - this.position) throw this.corrupt('it ends too early,');
    const begin = this.position;
    this.position += length;
    return begin;
  }

  uint8 = (): number => this.view.getUint8(this.advance(1));
  uint16 = (): number => this.view.getUint16(this.advance(2), true);
  uint32 = (): number => this.view.getUint32(this.advance(4), true);
  int32 = (): number => this.view.getInt32(this.advance(4), true);
  float64 = (): number => this.view.getFloat64(this.advance(8));
  uint64 = (): number => Number(this.view.getBigUint64(this.advance(8), true));

  take(length: number): Uint8Array {
    const begin = this.advance(length);
    return this.bytes.subarray(begin, begin + length);
  }

  text(length: number): string {
    const bytes = this.take(length);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw this.corrupt('there is text that is not UTF-8');
    }
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) throw this.corrupt('there is a line without end');
    const line = this.text(end - this.position);
    this.position++;
    return line;
  }

  /** Two's complement, little-endian. */
  integer(length: number): number | bigint {
    if (length > maximumIntegerBytes) throw this.corrupt(`there is an integer of ${length} bytes`);
    const big = this.take(length).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const value = BigInt.asIntN(8 * length, big);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) throw this.corrupt('its stack is empty');
    return this.stack.pop()!;
  }

  popMany(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  mark(): void {
    this.marks.push(this.stack.length);
  }

  popMark(): PickleValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw this.corrupt('a mark is missing');
    return this.stack.splice(mark);
  }

  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  remember(key: number = this.memo.size): void {
    this.memo.set(key, this.top());
  }

  recall(key: number): void {
    const value = this.memo.get(key);
    if (value === undefined) throw this.corrupt(`there is no memo ${key}`);
    this.push(value);
  }

  appendTo(items: PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw this.corrupt('something is appended to a value that is not a list');
    for (const item of items) list.push(item);
  }

  setIn(items: PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof Map) || items.length % 2)
      throw this.corrupt('an item is set in a value that is not a dict');
    for (let i = 0; i < items.length; i += 2) dict.set(items[i]!, items[i + 1]!);
  }

  dict(items: PickleValue[]): void {
    this.push(new Map());
    this.setIn(items);
  }

  global(module: PickleValue, name: PickleValue): void {
    if (typeof module !== 'string' || typeof name !== 'string') throw this.corrupt('a global has no name');
    const found = this.rules.globals.get(`${module}.${name}`);
    if (!found)
      throw unsafe(this.rules.file, `it asks for the Python object ${module}.${name}`, remedyFor(module));
    this.push(found);
  }

  reduce(): void {
    const args = this.pop();
    const callable = this.pop();
    if (!(callable instanceof Global) || !Array.isArray(args))
      throw this.corrupt('something other than a function is called');
    if (!callable.call) throw unsafe(this.rules.file, `it calls ${callable.name}`);
    this.push(callable.call(args));
  }

  /** A state dict's only attribute is its `_metadata`, version numbers of the modules, which nothing here needs. */
  build(): void {
    this.pop();
    if (!(this.top() instanceof Map))
      throw unsafe(this.rules.file, 'it sets attributes (opcode BUILD) of something other than a dict');
  }

  persistentId(): void {
    this.push(this.rules.persistent(this.pop()));
  }

  run(): PickleValue {
    for (;;) {
      const code = this.uint8();
      if (code === stop) return this.pop();
      const operation = operations.get(code);
      if (!operation) throw this.refuse(code);
      operation(this);
    }
  }

  private refuse(code: number): DistillError {
    const { file } = this.rules;
    const name = refused.get(code);
    if (!name) return this.corrupt(`there is no opcode 0x${code.toString(16).padStart(2, '0')}`);
    // INST names its class on the two lines that follow.
    if (name === 'INST')
      return unsafe(file, `it makes an instance (opcode INST) of ${this.line()}.${this.line()}`);
    return unsafe(file, `its pickle uses the opcode ${name}, which weights do not need`);
  }
}

const ascii = (character: string): number => character.charCodeAt(0);
const stop = ascii('.');

/** Everything that a pickle may do, by opcode (names as in Python's pickletools). */
const operations: ReadonlyMap<number, (vm: Unpickler) => void> = new Map([
  [0x80, (vm) => vm.advance(1)], // PROTO
  [0x95, (vm) => vm.uint64()], // FRAME
  [ascii('('), (vm) => vm.mark()],
  [ascii('0'), (vm) => vm.pop()],
  [ascii('1'), (vm) => vm.popMark()],
  [ascii('N'), (vm) => vm.push(null)],
  [0x88, (vm) => vm.push(true)],
  [0x89, (vm) => vm.push(false)],
  [ascii('J'), (vm) => vm.push(vm.int32())], // BININT
  [ascii('K'), (vm) => vm.push(vm.uint8())],
  [ascii('M'), (vm) => vm.push(vm.uint16())],
  [0x8a, (vm) => vm.push(vm.integer(vm.uint8()))], // LONG1
  [ascii('G'), (vm) => vm.push(vm.float64())], // BINFLOAT
  [ascii('X'), (vm) => vm.push(vm.text(vm.uint32()))], // BINUNICODE
  [0x8c, (vm) => vm.push(vm.text(vm.uint8()))],
  [0x8d, (vm) => vm.push(vm.text(vm.uint64()))],
  [ascii('U'), (vm) => vm.push(vm.text(vm.uint8()))], // SHORT_BINSTRING
  [ascii('T'), (vm) => vm.push(vm.text(vm.uint32()))], // BINSTRING
  [ascii('C'), (vm) => vm.push(vm.take(vm.uint8()))], // SHORT_BINBYTES
  [ascii('B'), (vm) => vm.push(vm.take(vm.uint32()))], // BINBYTES
  [ascii(']'), (vm) => vm.push([])],
  [ascii('a'), (vm) => vm.appendTo([vm.pop()])],
  [ascii('e'), (vm) => vm.appendTo(vm.popMark())],
  [ascii('l'), (vm) => vm.push(vm.popMark())],
  [ascii(')'), (vm) => vm.push([])], // EMPTY_TUPLE
  [ascii('t'), (vm) => vm.push(vm.popMark())],
  [0x85, (vm) => vm.push(vm.popMany(1))], // TUPLE1 to TUPLE3
  [0x86, (vm) => vm.push(vm.popMany(2))],
  [0x87, (vm) => vm.push(vm.popMany(3))],
  [ascii('}'), (vm) => vm.push(new Map())],
  [ascii('d'), (vm) => vm.dict(vm.popMark())],
  [ascii('s'), (vm) => vm.setIn(vm.popMany(2))],
  [ascii('u'), (vm) => vm.setIn(vm.popMark())],
  [ascii('q'), (vm) => vm.remember(vm.uint8())], // BINPUT
  [ascii('r'), (vm) => vm.remember(vm.uint32())],
  [0x94, (vm) => vm.remember()], // MEMOIZE
  [ascii('h'), (vm) => vm.recall(vm.uint8())], // BINGET
  [ascii('j'), (vm) => vm.recall(vm.uint32())],
  [ascii('c'), (vm) => vm.global(vm.line(), vm.line())],
  [0x93, (vm) => vm.global(...(vm.popMany(2) as [PickleValue, PickleValue]))], // STACK_GLOBAL
  [ascii('R'), (vm) => vm.reduce()],
  [ascii('b'), (vm) => vm.build()],
  [ascii('Q'), (vm) => vm.persistentId()], // BINPERSID
]);

/** The other opcodes' names, for the refusal. */
const refused: ReadonlyMap<number, string> = new Map([
  [ascii('i'), 'INST'],
  [ascii('o'), 'OBJ'],
  [0x81, 'NEWOBJ'],
  [0x92, 'NEWOBJ_EX'],
  [0x82, 'EXT1'],
  [0x83, 'EXT2'],
  [0x84, 'EXT4'],
  [ascii('P'), 'PERSID'],
  [ascii('2'), 'DUP'],
  [ascii('I'), 'INT'],
  [ascii('L'), 'LONG'],
  [0x8b, 'LONG4'],
  [ascii('F'), 'FLOAT'],
  [ascii('S'), 'STRING'],
  [ascii('V'), 'UNICODE'],
  [ascii('g'), 'GET'],
  [ascii('p'), 'PUT'],
  [0x8e, 'BINBYTES8'],
  [0x8f, 'EMPTY_SET'],
  [0x90, 'ADDITEMS'],
  [0x91, 'FROZENSET'],
  [0x96, 'BYTEARRAY8'],
  [0x97, 'NEXT_BUFFER'],
  [0x98, 'READONLY_BUFFER'],
]);

/**
 * Reads one pickle (protocols 2 to 5, plain values) that begins at `position`, without running any code of it. Throws
 * WEIGHTS_UNSAFE, naming it, at the first opcode or global outside of the rules, and WEIGHTS_CORRUPT where the bytes
 * make no sense.
 */
export function unpickle(
  bytes: Uint8Array,
  position: number,
  rules: PickleRules,
): { value: PickleValue; end: number } {
  const unpickler = new Unpickler(bytes, position, rules);
  const value = unpickler.run();
  return { value, end: unpickler.position };
}
