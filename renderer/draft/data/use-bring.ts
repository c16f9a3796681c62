import { onScopeDispose, ref, shallowRef } from 'vue';
import { DistillError, toErrorValue, type ErrorValue } from '../../../electron/contract/errors.ts';
import { timeLeft } from '../../../electron/contract/time-left.ts';
import type { TaskState } from '../../composables/use-call.ts';
import { host } from '../../host/index.ts';
import { datasetOf } from './dropped.ts';

const nothing = (): TaskState => ({ progress: null, etaSeconds: null });

/** Brings files or a folder of this computer to the engine, which a browser does by sending them. `passing`: they are looked at once. */
export function useBring({ passing = false } = {}) {
  const pending = ref(false);
  /** Without progress while it is looked what there is. */
  const task = ref<TaskState>(nothing());
  const error = shallowRef<ErrorValue | null>(null);
  let controller: AbortController | null = null;

  /** The dataset's path on the engine's machine; null where it failed or was cancelled. */
  async function bring(given: readonly File[] | Promise<readonly File[]>): Promise<string | null> {
    cancel();
    const own = new AbortController();
    controller = own;
    pending.value = true;
    error.value = null;
    task.value = nothing();
    try {
      const files = await given;
      if (files.length === 0) {
        const hint = 'Drop a folder of images, a zip, a CSV table or a Parquet file.';
        throw new DistillError('INVALID_INPUT', 'There is no file in what you dropped.', hint);
      }
      if (own.signal.aborted) return null;
      return await send(files, own.signal);
    } catch (thrown) {
      const value = toErrorValue(thrown);
      if (controller === own && value.code !== 'CANCELLED') error.value = value;
      return null;
    } finally {
      if (controller === own) {
        pending.value = false;
        controller = null;
      }
    }
  }

  async function send(files: readonly File[], signal: AbortSignal): Promise<string | null> {
    const secondsLeft = timeLeft();
    const paths = await host.bring(files, {
      signal,
      passing,
      onProgress: ({ sentBytes, totalBytes }) => {
        if (signal.aborted) return;
        task.value = {
          progress: { done: sentBytes, total: totalBytes },
          etaSeconds: secondsLeft(sentBytes, totalBytes),
        };
      },
    });
    const dropped = paths.map((path, i) => {
      const file = files[i];
      return { name: file?.webkitRelativePath || file?.name || path, path };
    });
    return datasetOf(dropped);
  }

  function cancel(): void {
    controller?.abort();
    controller = null;
    pending.value = false;
  }
  onScopeDispose(cancel);
  return { pending, task, error, bring, cancel };
}
