import { type ExportFormat, isChecked } from '../../contract/exports.ts';
import { exportBase, type Exporter, networkRoles } from './exporter.ts';
import type { Content } from './item.ts';
import { networkFacts } from './network-facts.ts';
import type { NetworkFacts } from './network-metadata.ts';
import type { TrainedNetwork } from './trained-network.ts';

/** An export's folder: the contents of its files by their paths in it, with slashes. */
export type FolderFiles = Record<string, Content>;

export interface FolderFacts extends NetworkFacts {
  /** What its owner calls the run. */
  title: string;
}

/** A format that is a folder, <run>-<role>-<ending>/, for each network that is asked for. */
export const networkFolder = (
  name: ExportFormat,
  ending: string,
  filesOf: (network: TrainedNetwork, facts: FolderFacts) => FolderFiles | Promise<FolderFiles>,
): Exporter => ({
  name,
  async files(context) {
    const base = await exportBase(context);
    const title = await context.run.shownName();
    return Promise.all(
      networkRoles(context).map(async (role) => ({
        path: `${base}-${role}-${ending}`,
        files: await filesOf(await context.network(role), {
          title,
          ...(await networkFacts(context, role)),
        }),
        ...(isChecked(name) && { network: role }),
      })),
    );
  },
});
