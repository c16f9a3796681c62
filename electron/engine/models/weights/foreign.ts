import { DistillError } from '../../../contract/errors.ts';

/** Files that people give as weights and that are something else: what they are, and what to do. */

interface Kind {
  what: string;
  hint: string;
}

const unsupported = (file: string, { what, hint }: Kind): DistillError =>
  new DistillError('UNSUPPORTED_FORMAT', `${file} is ${what}, not a weights file.`, hint);

const convert =
  'Load it in the program that made it and save the PyTorch weights (state_dict) as .safetensors or .pth.';
const keras: Kind = { what: 'a Keras file', hint: 'Only PyTorch weights are read: .safetensors or .pth.' };
const packed: Kind = { what: 'a packed archive', hint: 'Unpack it and name the weights file in it.' };
const picture: Kind = { what: 'an image', hint: 'Name a weights file: .safetensors or .pth.' };

/** By the first bytes, in hex. */
const signatures: readonly [begins: RegExp, Kind][] = [
  [/^894844460d0a/, { ...keras, what: 'an HDF5 file, as Keras saves them' }],
  // gzip, bzip2, xz, Zstandard, 7z, RAR.
  [/^(?:1f8b|425a68|fd377a585a00|28b52ffd|377abcaf|52617221)/, packed],
  // PNG, JPEG, GIF, WebP.
  [/^(?:89504e47|ffd8ff|47494638|52494646.{8}57454250)/, picture],
  [/^25504446/, { what: 'a PDF document', hint: picture.hint }],
  [/^934e554d5059/, { what: 'a NumPy array', hint: convert }],
  [/^47475546/, { what: 'a GGUF file', hint: convert }],
  [/^.{8}54464c33/, { what: 'a TensorFlow Lite model', hint: convert }],
  // Protobuf: ir_version, then the producer's name (or the graph).
  [/^08(?:0[1-9a-f]|1[0-9a-f])(?:12|1a|22|3a|42)/, { what: 'an ONNX model', hint: convert }],
];

const byEnding: readonly [RegExp, Kind][] = [
  [/\.onnx$/i, { what: 'an ONNX model', hint: convert }],
  [/saved_model\.pb$|\.pb$/i, { what: 'a TensorFlow SavedModel', hint: convert }],
  [/\.ckpt\.(?:index|meta)$|\.data-\d{5}-of-\d{5}$/i, { what: 'a TensorFlow checkpoint', hint: convert }],
  [/\.keras$/i, keras],
];

/** How much of a file is looked at. */
const lookedAt = 4096;
const shown = 80;

const quoted = (text: string): string => {
  const line = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  return `"${line.length > shown ? `${line.slice(0, shown)}…` : line}"`;
};

/** null where it is not text. */
function textOf(bytes: Buffer): string | null {
  const head = bytes.subarray(0, lookedAt);
  const encoding = head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : 'utf-8';
  const text = new TextDecoder(encoding).decode(head).trimStart();
  // A piece may end within a character.
  return /(?!\s)\p{Cc}|\uFFFD(?!$)/u.test(text) ? null : text;
}

function textKind(text: string): Kind {
  if (text.startsWith('version https://git-lfs'))
    return {
      what: 'a Git LFS pointer: the note that stands for a file which Git has not fetched',
      hint: 'Run "git lfs pull" in its repository, or download the file itself.',
    };
  if (/^(?:<!--[^]*?-->\s*)?<(?:!doctype html|html|head|body|\?xml|script|meta)/i.test(text))
    return {
      what: 'a web page',
      hint: 'The download went wrong: open its address in a browser, sign in where needed, and save the file itself.',
    };
  if (text.startsWith('{') && text.includes('"weight_map"'))
    return {
      what: 'the index of weights in several parts',
      hint: 'Load the model in PyTorch and save its state_dict in one file.',
    };
  if (/^[{[]/.test(text))
    return {
      what: `JSON text that begins with ${quoted(text)}`,
      hint: 'If a download returned it, download the weights again; otherwise name the weights file beside it.',
    };
  return {
    what: `a text that begins with ${quoted(text)}`,
    hint: 'Name a weights file: .safetensors or .pth.',
  };
}

/** Pickles of protocol 0 are text, and are refused as pickles. */
const textPickle = /^(?:c[\w.]+\n[\w.]+\n|\((?:dp|lp|i[\w.]+\n))/;

const isTar = (bytes: Buffer): boolean => bytes.toString('latin1', 257, 262) === 'ustar';

/** What a file is that is neither safetensors nor a pickle nor a zip; null: not known. */
export function foreignFile(bytes: Buffer, file: string): DistillError | null {
  if (bytes.length === 0)
    return new DistillError(
      'WEIGHTS_CORRUPT',
      `The weights file ${file} is empty.`,
      'Copy or download it again.',
    );
  const head = bytes.toString('hex', 0, 32);
  const signed = signatures.find(([begins]) => begins.test(head));
  if (signed) return unsupported(file, signed[1]);
  if (isTar(bytes)) {
    const isTorch = /^(?:\.\/)?(?:sys_info|pickle|storages|tensors)$/.test(
      bytes.toString('latin1', 0, 100).replace(/\0.*$/s, ''),
    );
    return unsupported(
      file,
      isTorch
        ? {
            what: 'a file by torch.save of PyTorch 0.1',
            hint: 'Load it in a PyTorch that still reads it, and save it again.',
          }
        : packed,
    );
  }
  const text = textOf(bytes);
  if (text !== null && !textPickle.test(text)) return unsupported(file, textKind(text));
  const named = byEnding.find(([ending]) => ending.test(file));
  return named ? unsupported(file, named[1]) : null;
}

/** What a zip is that torch.save did not write; null: it may be one of torch.save's. */
export function foreignZip(names: readonly string[], file: string): DistillError | null {
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (has(/^[^/]+\/(?:constants\.pkl|code\/)/))
    return unsupported(file, {
      what: 'a TorchScript program',
      hint: 'Load it with torch.jit.load and save torch.save(model.state_dict(), "weights.pth").',
    });
  if (has(/^[^/]+\/data\.pkl$/)) return null;
  if (has(/^(?:model\.weights\.h5|metadata\.json)$/) && has(/^config\.json$/))
    return unsupported(file, keras);
  if (has(/\.npy$/)) return unsupported(file, { what: 'an archive of NumPy arrays', hint: convert });
  const inside = names.find((name) => /\.(?:safetensors|pth|pt|bin|ckpt)$/i.test(name));
  const hint = inside ? `Unpack it and name ${quoted(inside)} in it.` : packed.hint;
  return unsupported(file, { what: 'a zip archive that torch.save did not write', hint });
}

const inFolder: readonly [RegExp, Kind][] = [
  [/\.(?:safetensors|pth|pt|bin|ckpt)$/i, { what: 'a folder', hint: 'Name the weights file in it' }],
  [/^saved_model\.pb$/, { what: 'a folder with a TensorFlow SavedModel', hint: convert }],
];

/** The error for a folder that is given as a file. */
export function foreignFolder(names: readonly string[], folder: string): DistillError {
  for (const [pattern, { what, hint }] of inFolder) {
    const found = names.find((name) => pattern.test(name));
    if (found)
      return new DistillError(
        'INVALID_INPUT',
        `${folder} is ${what}, not a file.`,
        hint.endsWith('.') ? hint : `${hint}: ${quoted(found)}.`,
      );
  }
  return new DistillError(
    'INVALID_INPUT',
    `${folder} is not a file.`,
    'Name a weights file: .safetensors or .pth.',
  );
}
