import { correctionSentence } from '../../contract/unseen-words.ts';
import type { Role } from '../../contract/run.ts';
import type { ExportContext } from './exporter.ts';
import type { NetworkFacts } from './network-metadata.ts';

/** What the files of a run's network state besides the network; no scores where the run was not evaluated. */
export async function networkFacts(
  { result, options }: Pick<ExportContext, 'result' | 'options'>,
  role: Role,
): Promise<NetworkFacts> {
  const evaluated = await result().catch(() => null);
  const { license, correctBiases } = options;
  // The scores are those of the network as it was trained.
  const correction = correctBiases ? evaluated?.unseen : undefined;
  return {
    ...(correction ? { note: correctionSentence(correction) } : { scores: evaluated?.models[role]?.test }),
    license,
  };
}
