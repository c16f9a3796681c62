import { onScopeDispose, ref, shallowRef } from 'vue';
import { toErrorValue, type ErrorValue } from '../../../../electron/contract/errors.ts';
import { RateEstimator } from '../../../composables/rate.ts';
import type { TaskState } from '../../../composables/use-call.ts';
import { host } from '../../../host/index.ts';
import { datasetOf } from './dropped.ts';

const nothing = (): TaskState => ({ progress: null, etaSeconds: null });

/** Brings files or a folder of this computer to the engine, which a browser does by sending them. */
export function useBring() {
  const pending = ref(false);
  const task = ref<TaskState>(nothing());
  const error = shallowRef<ErrorValue | null>(null);
  let controller: AbortController | null = null;

  /** The dataset's path on the engine's machine; null where it failed or was cancelled. */
  async function bring(files: readonly File[]): Promise<string | null> {
    cancel();
    if (files.length === 0) return null;
    const own = new AbortController();
    controller = own;
    pending.value = true;
    error.value = null;
    task.value = nothing();
    const rate = new RateEstimator();
    try {
      const paths = await host.bring(files, {
        signal: own.signal,
        onProgress: ({ sentBytes, totalBytes }) => {
          task.value = {
            progress: { done: sentBytes, total: totalBytes },
            etaSeconds: rate.remaining(sentBytes, totalBytes),
          };
        },
      });
      const dropped = paths.map((path, i) => {
        const file = files[i];
        return { name: file?.webkitRelativePath || file?.name || path, path };
      });
      return datasetOf(dropped);
    } catch (thrown) {
      const value = toErrorValue(thrown);
      if (value.code !== 'CANCELLED') error.value = value;
      return null;
    } finally {
      if (controller === own) {
        pending.value = false;
        controller = null;
      }
    }
  }
  function cancel(): void {
    controller?.abort();
    controller = null;
    pending.value = false;
  }
  onScopeDispose(cancel);
  return { pending, task, error, bring, cancel };
}

/** All files in what was dropped; those in folders know their place below what was dropped (webkitRelativePath). */
export async function filesIn(transfer: DataTransfer): Promise<File[]> {
  // The desktop app asks for the paths themselves, so that a folder is not walked through here.
  if (host.kind === 'desktop') return [...transfer.files];
  // Must be asked for before the first wait: the list is emptied then.
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  return (await Promise.all(entries.map(filesBelow))).flat();
}

async function filesBelow(entry: FileSystemEntry): Promise<File[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    const place = entry.fullPath.replace(/^\//, '');
    if (place.includes('/')) Object.defineProperty(file, 'webkitRelativePath', { value: place });
    return [file];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  // A reader gives a hundred or so at a time, and an empty list at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return files;
    for (const inner of some) files.push(...(await filesBelow(inner)));
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
