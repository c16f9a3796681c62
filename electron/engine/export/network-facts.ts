import type { Role } from '../../contract/run.ts';
import type { ExportContext } from './exporter.ts';
import type { NetworkFacts } from './network-metadata.ts';

/** What the files of a run's network state besides the network; no scores where the run was not evaluated. */
export async function networkFacts(
  { result, options }: Pick<ExportContext, 'result' | 'options'>,
  role: Role,
): Promise<NetworkFacts> {
  const evaluated = await result().catch(() => null);
  return { scores: evaluated?.models[role]?.test, license: options.license };
}
