import { parentPort } from 'node:worker_threads';
import { toErrorValue, type ErrorValue } from '../../contract/errors.ts';

/** What a pool sends: the data of its task, then requests, and at last that there are no more. */
export type PoolMessage<Request> = { begin: unknown } | { request: Request } | { end: true };

/** What a worker sends: the answer to its oldest open request, a note in between, or that its task has ended. */
export type WorkerMessage<Reply> =
  { reply: Reply } | { error: ErrorValue } | { note: true } | { ended: true };

/** A worker's part of a pool's work. What `answer` takes and returns is what the pool was declared with. */
export interface WorkerTask {
  answer: (request: never) => unknown;
  /** Closes what the task has opened. */
  end?: () => void;
}

/**
 * Inside a worker thread: `begin` gets the data of each pool that the thread works for, one after another; each pool's requests are
 * answered in order. What `begin` or `end` throws ends the thread.
 */
export function serveTasks(begin: (data: never) => WorkerTask): void {
  let task: WorkerTask | null = null;
  let queue = Promise.resolve();
  const answer = async (request: unknown) => {
    try {
      send({ reply: await task?.answer(request as never) });
    } catch (thrown) {
      send({ error: toErrorValue(thrown) });
    }
  };
  parentPort?.on('message', (message: PoolMessage<unknown>) => {
    if ('begin' in message) task = begin(message.begin as never);
    else if ('request' in message) queue = queue.then(() => answer(message.request));
    else {
      // Only a thread without open requests is asked to.
      task?.end?.();
      task = null;
      send({ ended: true });
    }
  });
}

/** Inside a worker thread: notifies the pool's owner that something changed in their shared memory. */
export function note(): void {
  send({ note: true });
}

function send(message: WorkerMessage<unknown>): void {
  parentPort?.postMessage(message);
}
