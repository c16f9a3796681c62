import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import { toErrorValue, type ErrorValue } from '../../electron/contract/errors.ts';
import type { CallOptions, CallProgress } from '../../electron/contract/method.ts';
import { timeLeft } from '../../electron/contract/time-left.ts';
import type { Connection } from '../../electron/rpc/connect.ts';
import { engine } from '../client/engine.ts';

export interface TaskState {
  progress: CallProgress | null;
  /** Seconds; null before there is an estimate. */
  etaSeconds: number | null;
}

export interface Call<Arguments extends unknown[], Output> {
  data: ShallowRef<Output | null>;
  error: ShallowRef<ErrorValue | null>;
  pending: Ref<boolean>;
  task: Ref<TaskState>;
  /** Runs it; an earlier run that is still going on is cancelled. Gives null where it failed or was cancelled. */
  run: (...args: Arguments) => Promise<Output | null>;
  /** Runs it as it was run last, after an error. Gives null where it never was. */
  again: () => Promise<Output | null>;
  cancel: () => void;
}

/**
 * A call to the engine as a component shows it: its answer, its error, how far it is, a way to cancel it. It is cancelled when the
 * component goes.
 */
export function useCall<Arguments extends unknown[], Output>(
  call: (client: Connection, options: CallOptions, ...args: Arguments) => Promise<Output>,
): Call<Arguments, Output> {
  const data = shallowRef<Output | null>(null);
  const error = shallowRef<ErrorValue | null>(null);
  const pending = ref(false);
  const task = ref<TaskState>({ progress: null, etaSeconds: null });
  let controller: AbortController | null = null;
  let latest: Arguments | null = null;

  function cancel(): void {
    controller?.abort();
    controller = null;
    pending.value = false;
  }

  async function run(...args: Arguments): Promise<Output | null> {
    cancel();
    latest = args;
    const own = new AbortController();
    controller = own;
    pending.value = true;
    error.value = null;
    task.value = { progress: null, etaSeconds: null };
    let secondsLeft = timeLeft();
    const onProgress = (progress: CallProgress) => {
      if (controller !== own) return;
      // The speed of one thing does not carry over to the next.
      if (progress.phase !== task.value.progress?.phase) secondsLeft = timeLeft();
      task.value = { progress, etaSeconds: secondsLeft(progress.done, progress.total) };
    };
    try {
      const client = await engine.client();
      const answer = await call(client, { signal: own.signal, onProgress }, ...args);
      if (controller !== own) return null;
      data.value = answer;
      return answer;
    } catch (thrown) {
      if (controller !== own) return null;
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

  const again = (): Promise<Output | null> => (latest === null ? Promise.resolve(null) : run(...latest));

  onScopeDispose(cancel);
  return { data, error, pending, task, run, again, cancel };
}
