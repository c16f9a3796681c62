import type { ComputingHandlers } from '../../contract/services.ts';
import { estimateSweep } from '../sweep/estimate-sweep.ts';
import { writeSweepReport } from '../sweep/report/write-report.ts';
import { stateOf } from '../sweep/status.ts';
import { SweepFolder } from '../sweep/sweep-folder.ts';
import { sweepTable } from '../sweep/table.ts';

export const sweepsHandlers: ComputingHandlers['sweeps'] = {
  estimate: estimateSweep,
  table: async ({ folder }) => {
    const opened = await SweepFolder.open(folder);
    return sweepTable(opened, await stateOf(opened, null));
  },
  report: ({ folder, out }) => writeSweepReport(folder, out),
};
