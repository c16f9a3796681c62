import path from 'node:path';
import type { Handlers } from '../../contract/services.ts';
import { annotate } from '../run-folder/annotation.ts';
import { requireRun } from '../run-folder/record.ts';

/** A damaged run can be named and noted, too. Throws NOT_FOUND where there is no run, NOT_WRITABLE, DISK_FULL. */
export const annotateRun: Handlers['runs']['annotate'] = async ({ folder, ...change }) => {
  await requireRun(folder);
  return annotate(path.resolve(folder), change);
};
