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
  /** The names of the graph's outputs. */
  outputs: readonly string[];
  /** Operators that are not ONNX's own, as 'domain:operator'. Functions of the file itself are among them. */
  customOperators: readonly string[];
  /** The files beside this one that hold weights, as it names them. */
  externalFiles: readonly string[];
  /** Values of all initializers. */
  values: number;
}

type FoundNode = { op: string; input: string | undefined; domain: string };

async function readNode(
  scanner: FieldScanner,
  field: Field,
  add: (outputs: readonly string[], node: FoundNode) => void,
): Promise<void> {
  if ('value' in field) return;
  let [op, domain] = ['', ''];
  let input: string | undefined;
  const outputs: string[] = [];
  for await (const part of scanner.fields(field.start, field.end)) {
    if (part.number === fields.node.opType) op = await scanner.text(part);
    else if (part.number === fields.node.input) input ??= await scanner.text(part);
    else if (part.number === fields.node.output) outputs.push(await scanner.text(part));
    else if (part.number === fields.node.domain) domain = await scanner.text(part);
  }
  add(outputs, { op, input, domain });
}

/** Number of values, and the file that holds them; null: this one. */
async function readInitializer(
  scanner: FieldScanner,
  field: Field,
): Promise<{ values: number; file: string | null }> {
  let values = 1;
  let file: string | null = null;
  if ('start' in field)
    for await (const part of scanner.fields(field.start, field.end)) {
      if (part.number === fields.tensor.dims) for (const side of await scanner.numbers(part)) values *= side;
      else if (part.number === fields.tensor.externalData) {
        const [key, value] = await readEntry(scanner, part);
        if (key === 'location') file = value;
      }
    }
  return { values, file };
}

async function readName(scanner: FieldScanner, field: Field): Promise<string> {
  if ('start' in field)
    for await (const part of scanner.fields(field.start, field.end))
      if (part.number === fields.valueInfo.name) return scanner.text(part);
  return '';
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

/** ONNX's, and those that every ONNX Runtime has. */
const ownDomains = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft']);

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
    const customOperators = new Set<string>();
    const externalFiles = new Set<string>();
    const outputs: string[] = [];
    let values = 0;
    const addNode = (outputs: readonly string[], { op, input, domain }: FoundNode) => {
      for (const output of outputs) producers.set(output, { op, input });
      if (!ownDomains.has(domain)) customOperators.add(`${domain}:${op}`);
    };
    let hasGraph = false;
    for await (const field of scanner.fields()) {
      if (field.number === fields.model.graph && 'start' in field) {
        hasGraph = true;
        for await (const part of scanner.fields(field.start, field.end))
          if (part.number === fields.graph.node) await readNode(scanner, part, addNode);
          else if (part.number === fields.graph.initializer) {
            const found = await readInitializer(scanner, part);
            values += found.values;
            if (found.file !== null) externalFiles.add(found.file);
          } else if (part.number === fields.graph.output) outputs.push(await readName(scanner, part));
      } else if (field.number === fields.model.metadataProps)
        metadata.set(...(await readEntry(scanner, field)));
    }
    if (!hasGraph) throw corrupt(file, 'it has no graph');
    return {
      metadata: Object.fromEntries(metadata),
      producers,
      outputs,
      customOperators: [...customOperators],
      externalFiles: [...externalFiles],
      values,
    };
  } catch (thrown) {
    throw fileError(thrown, file);
  } finally {
    await handle.close();
  }
}
