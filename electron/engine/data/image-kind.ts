/** What a file is, by its first bytes, whatever its name. */
export type ImageFormat = 'ppm' | 'bmp' | 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff' | 'avif';

export type FileKind = { format: ImageFormat } | NotRead;

export interface NotRead {
  /** What it is instead: an image of another format, or something else. */
  reason: 'unsupported' | 'not-an-image';
  what: string;
  remedy: string;
}

/** Bytes from a file's start that `fileKind` needs. */
export const headBytes = 512;

/** Formats as messages name them. */
export const readFormats = 'JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF and PPM (P6)';

const convert = 'convert it to JPEG or PNG';
const formats: readonly [format: ImageFormat, begins: RegExp][] = [
  ['png', /^\x89PNG\r\n\cZ\n/],
  ['jpeg', /^\xff\xd8\xff/],
  ['webp', /^RIFF[^]{4}WEBP/],
  ['gif', /^GIF8[79]a/],
  ['bmp', /^BM[^]{4}[^]{8}[\f\x28\x34\x38\x40\x6c\x7c]\0\0\0/],
  ['ppm', /^P6[\s#]/],
];

const unsupported = (what: string): NotRead => ({ reason: 'unsupported', what, remedy: convert });
const noImage = (what: string, remedy: string): NotRead => ({ reason: 'not-an-image', what, remedy });

const raw = unsupported('a raw photograph of a camera');
const heic: NotRead = {
  ...unsupported('a HEIC photograph'),
  remedy: `${convert} (an iPhone set to "Most Compatible" takes JPEG)`,
};
const photoshop = unsupported('a Photoshop document');
const jpegXl = unsupported('a JPEG XL image');
const jpeg2000 = unsupported('a JPEG 2000 image');
const icon = unsupported('an icon');
const svg = noImage('an SVG drawing', 'save it as PNG if it belongs to the dataset');
const pdf = noImage('a PDF document', 'save its pictures as JPEG or PNG');
const video = noImage('a video', 'save its frames as JPEG or PNG');

const others: readonly [begins: RegExp, kind: NotRead][] = [
  // Canon's is of TIFF's structure, but what a TIFF reader finds first in it is a thumbnail.
  [/^(?:II\*\0[^]{4}CR|IIRO|IIRS|MMOR|IIU\0|FUJIFILMCCD-RAW|FOVb)/, raw],
  [/^8BPS/, photoshop],
  [/^(?:\xff\n|\0\0\0\fJXL )/, jpegXl],
  [/^(?:\0\0\0\fjP {2}|\xff\x4f\xff\x51)/, jpeg2000],
  [/^P[1-57][\s#]/, unsupported('a netpbm image of another kind than P6')],
  [/^v\/1\cA/, unsupported('an OpenEXR image')],
  [/^SIMPLE {2}=/, unsupported('a FITS image')],
  [/^\0\0[\cA\cB]\0[^]{2}/, icon],
  [/^%PDF/, pdf],
  [/^%!PS/, noImage('a PostScript document', pdf.remedy)],
  [/^(?:\cZ\x45\xdf\xa3|RIFF[^]{4}AVI )/, video],
  [
    /^version https:\/\/git-lfs/,
    noImage('a Git LFS pointer in place of the file', 'fetch the files with "git lfs pull"'),
  ],
  [/^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head)/i, noImage('a web page', 'download the image itself')],
  [
    /^(?:\xef\xbb\xbf)?\s*(?:<\?xml|<!--|<!doctype svg|<svg)[^]*?<svg[\s>]|^(?:\xef\xbb\xbf)?\s*<svg[\s>]/i,
    svg,
  ],
];

/** For files whose content does not identify them: cut off, empty, or of a kind with many beginnings. */
const byEnding: readonly [RegExp, NotRead][] = [
  [/\.(?:heic|heif|hif)$/i, heic],
  [/\.(?:cr2|cr3|crw|nef|nrw|arw|srf|sr2|dng|orf|rw2|raf|pef|x3f|raw)$/i, raw],
  [/\.(?:psd|psb)$/i, photoshop],
  [/\.jxl$/i, jpegXl],
  [/\.(?:jp2|j2k|jpx|jpf)$/i, jpeg2000],
  [/\.(?:ico|cur)$/i, icon],
  [/\.svgz?$/i, svg],
  [/\.pdf$/i, pdf],
  [/\.(?:mp4|m4v|mov|avi|mkv|webm)$/i, video],
];

/** Endings of files that are hardly ever images, lower case. */
const otherEndings: ReadonlySet<string> = new Set(
  [
    'txt lst csv tsv tab psv jsonl ndjson log md rst rtf tex bib html htm css xml xsd json geojson yaml yml toml ini cfg conf properties names',
    'doc docx odt xls xlsx ods ppt pptx pdf',
    'py pyc ipynb r m js ts c cpp h java sh bat ps1 sql',
    'npy npz mat pkl pickle pt pth ckpt onnx safetensors h5 hdf5 keras pb tflite tfrecord tfrecords parquet arrow feather',
    'zip tar gz tgz bz2 xz 7z rar',
    'db sqlite sqlite3 lmdb mdb dll so exe',
    'wav mp3 flac ogg mp4 m4v mov avi mkv webm',
    'md5 sha1 sha256 sig asc',
  ].flatMap((line) => line.split(' ').map((ending) => `.${ending}`)),
);

/** Whether a file by this ending may well be an image, so that its first bytes decide. */
export const mayBeImage = (ending: string): boolean => !otherEndings.has(ending);

/** What a file that is not read is by its name; null where the name is of no known kind. */
export const kindByName = (name: string): NotRead | null =>
  byEnding.find(([ending]) => ending.test(name))?.[1] ?? null;

/** null where the bytes are those of no known image. */
export function fileKind(bytes: Uint8Array): FileKind | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, headBytes)).toString(
    'latin1',
  );
  const format = formats.find(([, begins]) => begins.test(head))?.[0];
  if (format) return { format };
  const other = others.find(([begins]) => begins.test(head))?.[1];
  if (other) return other;
  if (/^(?:II\*\0|MM\0\*|II\+\0|MM\0\+)/.test(head)) return { format: 'tiff' };
  return head.slice(4, 8) === 'ftyp' ? mediaKind(head) : null;
}

/** ISO base media files: the brands, the major one first, identify the format. */
function mediaKind(head: string): FileKind {
  const size = head.charCodeAt(2) * 256 + head.charCodeAt(3);
  const brands = [head.slice(8, 12), ...(head.slice(16, size).match(/[^]{4}/g) ?? [])];
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return { format: 'avif' };
  if (brands.some((brand) => /^(?:hei[csxm]|hev[cmsx]|mif1|msf1)$/.test(brand))) return heic;
  return brands.includes('crx ') ? raw : video;
}
