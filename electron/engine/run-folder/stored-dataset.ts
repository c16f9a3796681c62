import path from 'node:path';
import { type ImportReport, importReportSchema } from '../../contract/dataset.ts';
import { DistillError } from '../../contract/errors.ts';
import { writeJsonAtomic } from '../../platform/files.ts';
import { readChecked } from './record.ts';

export const datasetFile = 'dataset.json';

export function writeDataset(folder: string, report: ImportReport): Promise<void> {
  return writeJsonAtomic(path.join(folder, datasetFile), report);
}

/** What was imported; null where the run did not come that far. Throws RUN_CORRUPT. */
export async function readDataset(folder: string): Promise<ImportReport | null> {
  try {
    return await readChecked(folder, datasetFile, importReportSchema);
  } catch (thrown) {
    if (thrown instanceof DistillError && thrown.code === 'NOT_FOUND') return null;
    throw thrown;
  }
}
