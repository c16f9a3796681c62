import type { Handlers } from '../../contract/services.ts';
import { listTrash, moveOutOfTrash, moveToTrash } from '../run-folder/trash-folder.ts';

export const trashRun: Handlers['runs']['trash'] = ({ folder }) => moveToTrash(folder);
export const restoreRun: Handlers['runs']['restore'] = ({ folder }) => moveOutOfTrash(folder);
export const trashedRuns: Handlers['runs']['trashed'] = ({ out }) => listTrash(out);
