import { stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import { writeFileAtomic } from '../../../platform/files.ts';
import { programVersion } from '../../../platform/version.ts';
import { plural } from '../../export/report/format.ts';
import { RunFolder } from '../../run-folder/run-folder.ts';
import { membersOf } from '../members.ts';
import { statusOf } from '../status.ts';
import { SweepFolder } from '../sweep-folder.ts';
import { sweepTable } from '../table.ts';
import type { SweepReportData } from './data.ts';
import { renderSweepReport } from './render.ts';

/** Everything that the report of a sweep shows, read from its folder. */
export async function sweepReportData(folder: SweepFolder): Promise<SweepReportData> {
  const status = await statusOf(folder, null);
  const table = await sweepTable(folder, status.state);
  const runs = await folder.openMembers(membersOf(folder.sweep).length);
  const completed = runs.filter((run) => run !== null).filter(({ state }) => state === 'completed');
  const backends = new Set<string>();
  for (const run of completed) {
    const result = await run.result().catch(() => null);
    if (result) backends.add(result.backend);
  }
  const chosen = table.chosen === null ? null : table.settings[table.chosen]?.best;
  const best = chosen ? await RunFolder.open(chosen.folder) : null;
  return {
    sweep: folder.sweep,
    status,
    table,
    best: best && { recipe: best.recipe, result: await best.result(), importReport: await best.dataset() },
    finishedAt: completed.map(({ updatedAt }) => updatedAt).reduce<string | null>(later, null),
    backends: [...backends],
    threads: threadsText(folder),
    version: programVersion(),
  };
}

function threadsText({ progress: { runtime, atOnce } }: SweepFolder): string {
  const threads = runtime.threads === null ? 'an equal share of the cores' : String(runtime.threads);
  return `${threads}, ${plural(atOnce, 'run')} at a time`;
}

const later = (one: string | null, other: string): string => (one !== null && one > other ? one : other);

/**
 * Writes the report of a sweep, at work or not: report.html in its folder, replaced, or another file, which must not be there yet.
 * Throws NOT_FOUND, RUN_CORRUPT, NOT_WRITABLE, DISK_FULL.
 */
export async function writeSweepReport(given: string, out: string | null): Promise<{ file: string }> {
  const folder = await SweepFolder.open(given);
  const file = out ?? path.join(folder.folder, 'report.html');
  if (out !== null && (await stat(out).catch(() => null)))
    throw new DistillError(
      'NOT_WRITABLE',
      `"${out}" is already there.`,
      'Give another name, or remove it first.',
    );
  await writeFileAtomic(file, renderSweepReport(await sweepReportData(folder)));
  return { file };
}
