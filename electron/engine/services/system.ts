import type { AnsweringHandlers } from '../../contract/services.ts';
import { unlinkTensorflow } from '../backend/tensorflow/link.ts';
import type { ActiveRuns } from '../run/active-runs.ts';
import type { ReadableFiles } from '../user/readable-files.ts';
import { readSettings, saveSettings } from '../user/settings.ts';
import { clearStorage, diskSpace, listStorage } from '../user/storage.ts';

export const systemHandlers = (active: ActiveRuns, readable: ReadableFiles): AnsweringHandlers['system'] => ({
  unlinkTensorflow: () => unlinkTensorflow(),
  settings: readSettings,
  saveSettings,
  storage: (_input, context) => listStorage(active.inUse, context),
  clearStorage: (input, context) => clearStorage(input, active.inUse, context),
  disk: diskSpace,
  readable: (_input, context) => readable.list(context),
});
