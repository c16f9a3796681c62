import path from 'node:path';
import type { Handlers } from '../../contract/services.ts';
import { refuseLinks } from '../run-folder/no-links.ts';
import { requireRun } from '../run-folder/record.ts';
import { readThinned } from '../run-folder/thinned-metrics.ts';

/** The curves of a run, also of one that is written just now. Throws NOT_FOUND where the folder is no run. */
export const thinnedMetrics: Handlers['runs']['metrics'] = async ({ folder, maxPoints }) => {
  const absolute = path.resolve(folder);
  await requireRun(absolute);
  await refuseLinks(absolute);
  return readThinned(path.join(absolute, 'metrics.jsonl'), maxPoints);
};
