import path from 'node:path';
import type { ExportContext, Exporter } from '../exporter.ts';
import type { ExportItem } from '../item.ts';
import { onnx } from '../onnx.ts';
import { pytorch } from '../pytorch.ts';
import { report } from '../report.ts';
import type { ZipEntry } from './zip.ts';

/** What is in the bundle where no other format was asked for. */
const ownFormats: readonly Exporter[] = [pytorch, onnx, report];

/** An item's files, named as beside the bundle. `file`: where one of them lies; null: nowhere yet. */
function entriesOf(item: ExportItem, file: string | null): ZipEntry[] {
  const base = path.basename(item.path);
  if (!('files' in item)) return [{ name: base, ...(file === null ? { content: item.content } : { file }) }];
  return Object.entries(item.files).map(([name, content]) => ({
    name: `${base}/${name}`,
    ...(file === null ? { content } : { file: path.join(file, ...name.split('/')) }),
  }));
}

/** What was written besides the bundle; where nothing was, the formats that most people need. Asked for when all others are written. */
export async function formatEntries(context: ExportContext): Promise<ZipEntry[]> {
  const written = context.written();
  if (written.length > 0) return written.flatMap(({ item, staged }) => entriesOf(item, staged));
  const items = await Promise.all(ownFormats.map((format) => format.files(context)));
  return items.flat().flatMap((item) => entriesOf(item, null));
}
