import type { UnlabelledReport } from '../../contract/dataset.ts';
import type { CallContext } from '../../contract/method.ts';
import { parts } from '../../contract/parts.ts';
import { throttled } from '../work/progress.ts';
import type { Dataset } from './dataset.ts';
import { survey } from './survey.ts';
import { labelledImage, openUnlabelled, reportUnlabelled, sortUnlabelled } from './unlabelled.ts';

/**
 * What a run would find in these folders and zips beside this dataset. A run also leaves out what shows a picture of a validation or
 * test image without having its bytes. Throws what openUnlabelled throws.
 */
export async function surveyUnlabelled(
  dataset: Pick<Dataset, 'train' | 'validation' | 'test'>,
  paths: readonly string[],
  { signal, progress }: CallContext,
): Promise<UnlabelledReport> {
  const files = await openUnlabelled(paths, signal);
  try {
    const onProgress = throttled((done, total) => progress({ done, total }));
    const surveyed = await survey(files, files.keys, { signal, onProgress });
    const { samples, skipped } = sortUnlabelled(files.keys, surveyed, labelledHashes(dataset));
    return reportUnlabelled(paths, samples, skipped);
  } finally {
    await files.close();
  }
}

const labelledHashes = (dataset: Pick<Dataset, 'train' | 'validation' | 'test'>): Map<string, string> =>
  new Map(
    parts.flatMap((part) => dataset[part].map(({ hash, key }) => [hash, labelledImage(key, part)] as const)),
  );
