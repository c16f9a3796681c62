import { z } from 'zod';
import type { ParquetColumn, ParquetFile } from './file.ts';

/** A column of images: where its bytes are, and the paths that they had. */
export interface ImageColumn {
  name: string;
  bytes: string[];
  path: string[] | null;
}

/** What a file states about its columns. */
export interface Features {
  images: ImageColumn[];
  /** Columns with one plain value for each row, such as labels. */
  values: string[];
  /** Columns with several values for a row. */
  lists: string[];
  /** Names of classes by column: the value is an index into them. */
  classNames: Map<string, string[]>;
}

/** Hugging Face's description of the columns, as far as it matters here. */
const described = z.object({
  info: z.object({ features: z.record(z.string(), z.unknown()) }),
});
const classLabel = z.object({ _type: z.literal('ClassLabel'), names: z.array(z.string()).max(100_000) });
const imageType = z.object({ _type: z.literal('Image') });

export function featuresOf({ columns, notes }: ParquetFile): Features {
  const features = descriptionOf(notes.get('huggingface'));
  const classNames = new Map<string, string[]>();
  for (const [name, feature] of features) {
    const label = classLabel.safeParse(feature);
    if (label.success) classNames.set(name, label.data.names);
  }
  const images = columns.flatMap((column) => imageColumn(column) ?? []);
  const declared = images.filter(({ name }) => imageType.safeParse(features.get(name)).success);
  return {
    images: declared.length > 0 ? declared : images,
    values: columns.filter(({ node }) => isValue(node)).map(({ name }) => name),
    lists: columns.filter(({ node }) => isList(node)).map(({ name }) => name),
    classNames,
  };
}

function descriptionOf(note: string | undefined): Map<string, unknown> {
  if (note === undefined) return new Map();
  try {
    const parsed = described.safeParse(JSON.parse(note));
    return new Map(parsed.success ? Object.entries(parsed.data.info.features) : []);
  } catch {
    return new Map();
  }
}

/** Either bytes alone or Hugging Face's pair of bytes and path. */
function imageColumn({ name, node }: ParquetColumn): ImageColumn | null {
  if (node.children.length === 0) return isBinary(node) ? { name, bytes: [name], path: null } : null;
  if (isRepeated(node)) return null;
  const child = (wanted: string) => node.children.find(({ element }) => element.name === wanted);
  const bytes = child('bytes');
  if (!bytes || !isBinary(bytes)) return null;
  const path = child('path');
  return { name, bytes: [name, 'bytes'], path: path && path.children.length === 0 ? [name, 'path'] : null };
}

type Node = ParquetColumn['node'];

const isRepeated = ({ element }: Node): boolean => element.repetition_type === 'REPEATED';

const isList = (node: Node): boolean =>
  isRepeated(node) || (node.element.converted_type === 'LIST' && node.children.length > 0);

/** Bytes that are no text. */
const isBinary = (node: Node): boolean =>
  node.element.type === 'BYTE_ARRAY' && !isText(node) && node.children.length === 0 && !isRepeated(node);

const isText = ({ element }: Node): boolean =>
  ['UTF8', 'ENUM', 'JSON', 'BSON', 'DECIMAL'].includes(element.converted_type ?? '') ||
  ['STRING', 'ENUM', 'JSON', 'BSON', 'DECIMAL'].includes(element.logical_type?.type ?? '');

const isValue = (node: Node): boolean =>
  node.children.length === 0 &&
  !isRepeated(node) &&
  !isBinary(node) &&
  !['INT96', 'FIXED_LEN_BYTE_ARRAY'].includes(node.element.type ?? 'INT96');
