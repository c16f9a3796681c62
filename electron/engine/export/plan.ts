import { exportDescriptors, type ExportFormat, exportFormats } from '../../contract/exports.ts';
import type { ExportContext } from './exporter.ts';
import { exporters } from './exporters.ts';
import type { ExportItem } from './item.ts';
import { throwIfCancelled } from './staging.ts';

export interface Planned {
  format: ExportFormat;
  item: ExportItem;
}

/** Networks come first: what is written of the whole run includes their rows. */
export const isOfNetwork = (format: ExportFormat): boolean => exportDescriptors[format].of === 'network';

/** Asks every format for what it would write. */
export async function plan(formats: readonly ExportFormat[], context: ExportContext): Promise<Planned[]> {
  const planned: Planned[] = [];
  const inOrder = exportFormats.filter((format) => formats.includes(format));
  for (const format of [...inOrder.filter(isOfNetwork), ...inOrder.filter((one) => !isOfNetwork(one))]) {
    throwIfCancelled(context.signal);
    for (const item of await exporters[format].files(context)) planned.push({ format, item });
  }
  return planned;
}
