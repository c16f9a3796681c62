import type { ComputingHandlers } from '../../contract/services.ts';
import { stateOf } from '../sweep/status.ts';
import { SweepFolder } from '../sweep/sweep-folder.ts';
import { sweepTable } from '../sweep/table.ts';

export const sweepsHandlers: ComputingHandlers['sweeps'] = {
  table: async ({ folder }) => {
    const opened = await SweepFolder.open(folder);
    return sweepTable(opened, await stateOf(opened, null));
  },
};
