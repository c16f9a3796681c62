import type { AnsweringHandlers } from '../../contract/services.ts';
import { unlinkTensorflow } from '../backend/tensorflow/link.ts';
import type { ActiveRuns } from '../run/active-runs.ts';
import type { ReadableFiles } from '../user/readable-files.ts';
import { readSettings, saveSettings } from '../user/settings.ts';
import { diskSpace, listStorage } from '../user/storage.ts';
import type { Workers } from '../work/workers.ts';

export const systemHandlers = (
  active: ActiveRuns,
  readable: ReadableFiles,
  workers: Workers,
): AnsweringHandlers['system'] => ({
  unlinkTensorflow: () => unlinkTensorflow(),
  settings: readSettings,
  saveSettings,
  storage: (_input, context) => listStorage(active.inUse, context),
  clearStorage: (input, { signal, progress }) =>
    workers.inShared(({ work }) =>
      work.clearStorage({ ...input, inUse: active.inUse }, { signal, onProgress: progress }),
    ),
  disk: diskSpace,
  readable: (_input, context) => readable.list(context),
});
