import path from 'node:path';
import { z } from 'zod';
import type { RunDetails } from '../../contract/run-details.ts';
import { readChecked } from '../run-folder/record.ts';

const named = z.object({ name: z.string() });

/** The sweep that has a run in its `runs`; null: the run is none's, or the sweep cannot be read. */
export async function sweepOf(run: string): Promise<RunDetails['sweep']> {
  const runs = path.dirname(path.resolve(run));
  if (path.basename(runs) !== 'runs') return null;
  const folder = path.dirname(runs);
  const sweep = await readChecked(folder, 'sweep.json', named).catch(() => null);
  return sweep && { folder, name: sweep.name };
}
