import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import type { AnsweringHandlers } from '../../contract/services.ts';
import { gtsrbArchives, gtsrbUrl } from '../data/download/archives.ts';
import { downloadFiles, downloadedBytes, fits, totalBytes } from '../data/download/download.ts';
import { throttled } from '../work/progress.ts';
import type { SharedWork } from '../work/shared-work.ts';
import { diskSpace } from '../user/storage.ts';

/**
 * GTSRB from its archive. Two callers for the same folder (such as two windows) get the same download. DISTILL_GTSRB_URL names another
 * source of the same files, such as a mirror.
 */
export const datasetHandlers = (downloads: SharedWork<{ folder: string }>): AnsweringHandlers['dataset'] => ({
  downloadGtsrb({ folder }, context) {
    const download = async ({ signal, progress }: typeof context) => {
      await downloadFiles(folder, gtsrbArchives, {
        baseUrl: sourceUrl(),
        signal,
        onProgress: throttled((done, total) => progress({ done, total })),
      });
      return { folder };
    };
    return downloads.join(path.resolve(folder), download, context);
  },

  async gtsrbState(input, context) {
    const { folder, freeBytes } = await diskSpace(input, context);
    const [total, have] = [totalBytes(gtsrbArchives), await downloadedBytes(folder, gtsrbArchives)];
    return { folder, totalBytes: total, haveBytes: have, freeBytes, fits: fits(total - have, freeBytes) };
  },
});

function sourceUrl(): string {
  const given = process.env['DISTILL_GTSRB_URL'];
  if (!given) return gtsrbUrl;
  if (URL.canParse(given)) return given;
  const hint = 'Set it to the address that the archives lie below, or leave it out.';
  throw new DistillError('INVALID_INPUT', `DISTILL_GTSRB_URL is no address: "${given}".`, hint);
}
