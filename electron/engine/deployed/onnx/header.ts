import { open } from 'node:fs/promises';
import { fields } from '../../backend/onnx/fields.ts';
import { fileError, statFile } from '../../../platform/files.ts';
import { corrupt } from '../../models/weights/errors.ts';
import { type Field, FieldScanner } from './scan.ts';

/** What an ONNX file states besides its weights. */
export interface OnnxHeader {
  metadata: Record<string, string>;
  /** By the name of each value that a node gives: the node's operator and its first input. */
  producers: ReadonlyMap<string, { op: string; input: string | undefined }>;
}

async function readNode(
  scanner: FieldScanner,
  field: Field,
  add: (output: string, node: { op: string; input: string | undefined }) => void,
): Promise<void> {
  if ('value' in field) return;
  let op = '';
  let input: string | undefined;
  const outputs: string[] = [];
  for await (const part of scanner.fields(field.start, field.end)) {
    if (part.number === fields.node.opType) op = await scanner.text(part);
    else if (part.number === fields.node.input) input ??= await scanner.text(part);
    else if (part.number === fields.node.output) outputs.push(await scanner.text(part));
  }
  for (const output of outputs) add(output, { op, input });
}

async function readEntry(scanner: FieldScanner, field: Field): Promise<[string, string]> {
  let [key, value] = ['', ''];
  if ('start' in field)
    for await (const part of scanner.fields(field.start, field.end)) {
      if (part.number === fields.entry.key) key = await scanner.text(part);
      else if (part.number === fields.entry.value) value = await scanner.text(part);
    }
  return [key, value];
}

/** Weights are skipped, so a file of any size takes little memory. Throws NOT_FOUND, INVALID_INPUT, WEIGHTS_CORRUPT. */
export async function readOnnxHeader(file: string): Promise<OnnxHeader> {
  const { size } = await statFile(file);
  const handle = await open(file).catch((thrown: unknown) => {
    throw fileError(thrown, file);
  });
  try {
    const scanner = new FieldScanner(handle, file, size);
    const metadata = new Map<string, string>();
    const producers = new Map<string, { op: string; input: string | undefined }>();
    let hasGraph = false;
    for await (const field of scanner.fields()) {
      if (field.number === fields.model.graph && 'start' in field) {
        hasGraph = true;
        for await (const part of scanner.fields(field.start, field.end))
          if (part.number === fields.graph.node)
            await readNode(scanner, part, (output, node) => producers.set(output, node));
      } else if (field.number === fields.model.metadataProps)
        metadata.set(...(await readEntry(scanner, field)));
    }
    if (!hasGraph) throw corrupt(file, 'it has no graph');
    return { metadata: Object.fromEntries(metadata), producers };
  } catch (thrown) {
    throw fileError(thrown, file);
  } finally {
    await handle.close();
  }
}
