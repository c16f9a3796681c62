import type { ExportFormat } from '../../contract/exports.ts';
import type { Role } from '../../contract/run.ts';
import { exportBase, type ExportContext, type Exporter, networkRoles } from './exporter.ts';
import type { ExportItem } from './item.ts';
import { networkFacts } from './network-facts.ts';
import type { NetworkFacts } from './network-metadata.ts';
import type { TrainedNetwork } from './trained-network.ts';

/** A network that is asked for in a format. */
export interface Asked {
  context: ExportContext;
  role: Role;
  network: TrainedNetwork;
  /** <folder>/<run>-<role> */
  base: string;
  facts: NetworkFacts;
  /** Of the item; grows. */
  notes: string[];
}

/** One item a network. `prepare`: throws where the format cannot be had. */
export const networkExporter = (
  name: ExportFormat,
  item: (asked: Asked) => ExportItem,
  prepare?: (context: ExportContext, role: Role) => Promise<unknown>,
): Exporter => ({
  name,
  async files(context) {
    const start = await exportBase(context);
    return Promise.all(
      networkRoles(context).map(async (role) => {
        const network = await context.network(role);
        await prepare?.(context, role);
        const notes: string[] = [];
        const facts = await networkFacts(context, role);
        const made = item({ context, role, network, base: `${start}-${role}`, facts, notes });
        return { ...made, network: role, notes: () => notes };
      }),
    );
  },
});

/** int8 is fitted to training images, which must be there. */
export const needsCalibration = (context: ExportContext, role: Role): Promise<unknown> =>
  context.calibration(role);
