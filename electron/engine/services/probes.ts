import path from 'node:path';
import type { Handlers } from '../../contract/services.ts';
import { probesFile, readProbeLog } from '../run-folder/probe-log.ts';
import { refuseLinks } from '../run-folder/no-links.ts';
import { requireRun } from '../run-folder/record.ts';

/** The watched images' answers, also of a run at work. Throws NOT_FOUND where the folder is no run. */
export const readProbes: Handlers['runs']['probes'] = async ({ folder }) => {
  const absolute = path.resolve(folder);
  await requireRun(absolute);
  await refuseLinks(absolute);
  return readProbeLog(path.join(absolute, probesFile));
};
