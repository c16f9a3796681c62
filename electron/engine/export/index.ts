import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Exported } from '../../contract/export-outcome.ts';
import {
  defaultNetworkOptions,
  exportDescriptors,
  type ExportFormat,
  exportFormats,
  isChecked,
  type NetworkOptions,
  type TensorNames,
} from '../../contract/exports.ts';
import type { ExportRow } from '../../contract/result.ts';
import type { Role } from '../../contract/run.ts';
import type { CallProgress } from '../../contract/method.ts';
import { jsonText, makeFolders } from '../../platform/files.ts';
import { sizeOf } from '../../platform/folder-size.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { Turns } from '../work/turns.ts';
import { bundle } from './bundle.ts';
import type { RunImages } from './calibration.ts';
import { exportContext } from './context.ts';
import { csv } from './csv.ts';
import type { Exporter, ExportContext } from './exporter.ts';
import type { ExportItem, WrittenItem } from './item.ts';
import { onnx, onnxFloat16, onnxInt8 } from './onnx.ts';
import { plots } from './plots.ts';
import { pytorch } from './pytorch.ts';
import { ownReport, report } from './report.ts';
import { safetensors } from './safetensors.ts';
import { removeStaleStages, Staging, throwIfCancelled } from './staging.ts';
import { tfjs } from './tfjs.ts';
import { microcontroller, tflite, tfliteFloat16, tfliteInt8 } from './tflite.ts';
import { webDemo } from './web-demo.ts';

/** A new format is one file and one line here. */
const exporters = {
  safetensors,
  pytorch,
  onnx,
  'onnx-fp16': onnxFloat16,
  'onnx-int8': onnxInt8,
  tfjs,
  tflite,
  'tflite-fp16': tfliteFloat16,
  'tflite-int8': tfliteInt8,
  microcontroller,
  'web-demo': webDemo,
  report,
  csv,
  plots,
  bundle,
} satisfies Record<ExportFormat, Exporter>;

export type CheckContext = Pick<ExportContext, 'run' | 'network' | 'progress' | 'signal'>;

/** Runs what was written over the test images. */
export type CheckExports = (
  written: readonly WrittenItem[],
  context: CheckContext,
) => Promise<Pick<Exported, 'rows' | 'notes'>>;

export interface ExportRunOptions extends Partial<NetworkOptions> {
  /** How weights name their tensors; default: torchvision's way. */
  names?: TensorNames | undefined;
  /** Default: the student, and of safetensors all that there are. */
  roles?: readonly Role[] | null;
  /** Without, there is no int8. */
  images?: RunImages;
  /** Without, nothing is checked. */
  check?: CheckExports | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: CallProgress) => void) | undefined;
}

interface Planned {
  format: ExportFormat;
  item: ExportItem;
}

/** Networks come first: what is written of the whole run includes their rows. */
const isOfNetwork = (format: ExportFormat): boolean => exportDescriptors[format].of === 'network';

/** Asks every format for what it would write. */
async function plan(formats: readonly ExportFormat[], context: ExportContext): Promise<Planned[]> {
  const planned: Planned[] = [];
  const inOrder = exportFormats.filter((format) => formats.includes(format));
  for (const format of [...inOrder.filter(isOfNetwork), ...inOrder.filter((one) => !isOfNetwork(one))]) {
    throwIfCancelled(context.signal);
    for (const item of await exporters[format].files(context)) planned.push({ format, item });
  }
  return planned;
}

/** The run's result, and its report where it has one, after networks were written. */
async function renewed(context: ExportContext, planned: readonly Planned[]): Promise<ExportItem[]> {
  const { run } = context;
  const before = await run.result().catch(() => null);
  if (!before) return [];
  const shown = before.exports ?? [];
  const result = await context.result();
  if (JSON.stringify(shown) === JSON.stringify(result.exports ?? [])) return [];
  const items: ExportItem[] = [{ path: run.path('result.json'), content: jsonText(result) }];
  const page = await ownReport(context);
  if (existsSync(page.path) && !planned.some(({ item }) => item.path === page.path)) items.push(page);
  return items;
}

/** Of each run: two exports at once would each lose the other's rows. */
const turns = new Map<string, Turns>();

/**
 * Writes the run's exports, into its own folder where `out` is null: all of them, or none where it throws; then what was there before
 * is there still. Checked networks become rows of the run's result and of its report. Throws NOT_FOUND and INVALID_INPUT (before
 * anything is written), NOT_WRITABLE, DISK_FULL, CANCELLED.
 */
export function exportRun(
  run: RunFolder,
  formats: readonly ExportFormat[],
  out: string | null,
  options: ExportRunOptions = {},
): Promise<Exported> {
  const turn = turns.get(run.folder) ?? new Turns(1);
  turns.set(run.folder, turn);
  const signal = options.signal ?? new AbortController().signal;
  return turn.take(signal, () => writeExports(run, formats, out, options));
}

async function writeExports(
  run: RunFolder,
  formats: readonly ExportFormat[],
  out: string | null,
  { names = 'torchvision', roles = null, images, check, signal, onProgress, ...options }: ExportRunOptions,
): Promise<Exported> {
  const target = out === null ? null : path.resolve(out);
  if (target !== null) await makeFolders(target);
  const [written, rows, notes]: [WrittenItem[], ExportRow[], string[]] = [[], [], []];
  const context = exportContext({
    run,
    out: target,
    names,
    roles,
    options: { ...defaultNetworkOptions, ...options },
    images,
    rows,
    written,
    signal,
    onProgress,
  });
  const planned = await plan(formats, context);
  const roots = [...(target === null ? [] : [target]), run.folder];
  for (const root of roots) await removeStaleStages(root);
  const staging = new Staging(roots);
  const write = async ({ format, item }: Planned) => {
    context.progress('write', written.length, planned.length);
    written.push({ format, item, staged: await staging.write(item, signal) });
  };
  try {
    for (const one of planned.filter(({ format }) => isOfNetwork(format))) await write(one);
    const checked = written.filter(({ format, item }) => isChecked(format) && item.network);
    if (check && checked.length > 0) {
      const outcome = await check(checked, context);
      for (const row of outcome.rows) rows.push(row);
      for (const note of outcome.notes) notes.push(note);
    }
    for (const one of planned.filter(({ format }) => !isOfNetwork(format))) await write(one);
    const files = await Promise.all(
      written.map(async ({ format, item, staged }) => ({
        path: item.path,
        format,
        bytes: await sizeOf(staged),
      })),
    );
    for (const item of await renewed(context, planned)) await staging.write(item, signal);
    await staging.commit();
    context.progress('write', planned.length, planned.length);
    return { files: files.map((file) => file.path), written: files, rows, notes };
  } finally {
    await staging.discard();
  }
}

export { saveMistakeImages } from './report/images.ts';
export { shownMistakes } from './report/mistakes.ts';
