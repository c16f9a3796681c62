import { onScopeDispose, ref, shallowRef, type Ref } from 'vue';
import { toErrorValue, type ErrorValue } from '../../../electron/contract/errors.ts';
import type { Role } from '../../../electron/contract/result.ts';
import type { CallOptions, Prediction } from '../../../electron/contract/services.ts';
import type { Connection } from '../../../electron/rpc/connect.ts';
import { RateEstimator } from '../../composables/rate.ts';
import { useCall, type TaskState } from '../../composables/use-call.ts';
import { host } from '../../host/index.ts';
import { BatchQueue } from './batch-queue.ts';

/** One image and what the models say of it. */
export interface Tried {
  path: string;
  answers: Partial<Record<Role, Prediction>>;
}

/** Images of the person's machine, or paths on the engine's. */
export type Batch = { files: readonly File[] } | { paths: readonly string[] };

/** Images that are shown at once. */
const mostShown = 200;

/** Asks one model after the other about all images; its progress counts the answers of all of them. */
async function askModels(
  client: Connection,
  { signal, onProgress }: CallOptions,
  folder: string,
  images: string[],
  roles: readonly Role[],
): Promise<Tried[]> {
  const batch: Tried[] = images.map((path) => ({ path, answers: {} }));
  const total = images.length * roles.length;
  for (const [i, role] of roles.entries()) {
    const told = ({ done }: { done: number }) => onProgress?.({ done: i * images.length + done, total });
    const answers = await client.runs.predict(
      { folder, images, role },
      { ...(signal && { signal }), onProgress: told },
    );
    answers.forEach((answer, at) => (batch[at]!.answers[role] = answer));
  }
  return batch;
}

/** Brings images to the engine and asks a run's models about them. What comes meanwhile waits for its turn. */
export function useTries(folder: Ref<string>, roles: Ref<readonly Role[]>) {
  /** Newest first. */
  const tried = shallowRef<Tried[]>([]);
  const uploading = ref(false);
  const uploadTask = ref<TaskState>({ progress: null, etaSeconds: null });
  /** Of the last batch that failed since there was nothing to do. */
  const error = shallowRef<ErrorValue | null>(null);
  const asking = useCall((client, options, images: string[]) =>
    askModels(client, options, folder.value, images, roles.value),
  );
  let upload: AbortController | null = null;

  async function bring(files: readonly File[]): Promise<string[]> {
    upload = new AbortController();
    uploading.value = true;
    uploadTask.value = { progress: null, etaSeconds: null };
    const rate = new RateEstimator();
    try {
      return await host.bring(files, {
        signal: upload.signal,
        passing: true,
        onProgress: ({ sentBytes, totalBytes }) =>
          (uploadTask.value = {
            progress: { done: sentBytes, total: totalBytes },
            etaSeconds: rate.remaining(sentBytes, totalBytes),
          }),
      });
    } finally {
      uploading.value = false;
      upload = null;
    }
  }

  async function work(batch: Batch): Promise<void> {
    try {
      const paths = 'files' in batch ? await bring(batch.files) : [...batch.paths];
      const answered = await asking.run(paths);
      if (answered) tried.value = [...answered, ...tried.value].slice(0, mostShown);
      else error.value = asking.error.value ?? error.value;
    } catch (thrown) {
      const value = toErrorValue(thrown);
      if (value.code !== 'CANCELLED') error.value = value;
    }
  }
  const queue = new BatchQueue(work);

  function add(batch: Batch): void {
    if (('files' in batch ? batch.files : batch.paths).length === 0) return;
    if (!queue.busy.value) error.value = null;
    queue.add(batch);
  }
  /** Ends what is at work and lets go of what waits. */
  function cancel(): void {
    queue.clear();
    upload?.abort();
    asking.cancel();
  }
  onScopeDispose(cancel);

  return { tried, uploading, uploadTask, asking, error, waiting: queue.waiting, add, cancel };
}
