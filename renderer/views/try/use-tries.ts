import { onScopeDispose, ref, shallowRef, type Ref } from 'vue';
import { toErrorValue, type ErrorValue } from '../../../electron/contract/errors.ts';
import type { CallOptions } from '../../../electron/contract/method.ts';
import type { Prediction } from '../../../electron/contract/prediction.ts';
import { timeLeft } from '../../../electron/contract/time-left.ts';
import type { Connection } from '../../../electron/rpc/connect.ts';
import { useCall, type TaskState } from '../../composables/use-call.ts';
import { host } from '../../host/index.ts';
import type { Predictor } from './predictors.ts';
import { BatchQueue } from './batch-queue.ts';

/** The prediction of one of the models for an image. */
export interface ModelPrediction {
  by: Predictor;
  prediction: Prediction;
}

/** One image with the models' predictions. */
export interface Tried {
  path: string;
  predictions: ModelPrediction[];
}

/** Images of the person's machine, or paths on the engine's; `again`: those that are shown, for other models. */
export type Batch = { files: readonly File[] } | { paths: readonly string[]; again?: boolean };

/** Images that are shown at once. */
const mostShown = 200;

/** Asks one model after the other about all images; its progress counts the predictions of all of them. */
async function askModels(
  client: Connection,
  { signal, onProgress }: CallOptions,
  folder: string,
  images: string[],
  models: readonly Predictor[],
): Promise<Tried[]> {
  const batch: Tried[] = images.map((path) => ({ path, predictions: [] }));
  const total = images.length * models.length;
  for (const [i, by] of models.entries()) {
    const options: CallOptions = {
      ...(signal && { signal }),
      onProgress: ({ done }) => onProgress?.({ done: i * images.length + done, total }),
    };
    const predictions = await (by.file === null
      ? client.runs.predict({ folder, images, role: by.role ?? 'student' }, options)
      : client.exported.predict({ file: by.file, images }, options));
    predictions.forEach((prediction, at) => batch[at]!.predictions.push({ by, prediction }));
  }
  return batch;
}

/** Brings images to the engine and asks models about them. What comes meanwhile waits for its turn. */
export function useTries(folder: Ref<string>, models: Ref<readonly Predictor[]>) {
  /** Newest first. */
  const tried = shallowRef<Tried[]>([]);
  const uploading = ref(false);
  const uploadTask = ref<TaskState>({ progress: null, etaSeconds: null });
  /** Of the last batch that failed since there was nothing to do. */
  const error = shallowRef<ErrorValue | null>(null);
  const asking = useCall((client, options, images: string[]) =>
    askModels(client, options, folder.value, images, models.value),
  );
  let upload: AbortController | null = null;

  async function bring(files: readonly File[]): Promise<string[]> {
    upload = new AbortController();
    uploading.value = true;
    uploadTask.value = { progress: null, etaSeconds: null };
    const secondsLeft = timeLeft();
    try {
      return await host.bring(files, {
        signal: upload.signal,
        passing: true,
        onProgress: ({ sentBytes, totalBytes }) =>
          (uploadTask.value = {
            progress: { done: sentBytes, total: totalBytes },
            etaSeconds: secondsLeft(sentBytes, totalBytes),
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
      const predicted = await asking.run(paths);
      const isAgain = 'paths' in batch && batch.again === true;
      if (predicted) tried.value = [...predicted, ...(isAgain ? [] : tried.value)].slice(0, mostShown);
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
  /** Asks about all images that are shown: the models have changed. */
  const again = (): void => add({ paths: tried.value.map(({ path }) => path), again: true });
  /** Ends what is at work and lets go of what waits. */
  function cancel(): void {
    queue.clear();
    upload?.abort();
    asking.cancel();
  }
  onScopeDispose(cancel);

  return { tried, uploading, uploadTask, asking, error, waiting: queue.waiting, add, again, cancel };
}
