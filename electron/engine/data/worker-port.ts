import { parentPort } from 'node:worker_threads';
import { toErrorValue, type ErrorValue } from '../../contract/errors.ts';

/** What a worker sends: the answer to its oldest open request, or a note in between. */
export type WorkerMessage<Reply> = { reply: Reply } | { error: ErrorValue } | { note: true };

/**
 * Inside a worker thread: answers the pool's requests one after another, in order. What `handle` takes and returns is
 * what the pool was declared with.
 */
export function answerRequests(handle: (request: never) => unknown): void {
  let queue = Promise.resolve();
  parentPort?.on('message', (request: unknown) => {
    queue = queue.then(async () => {
      try {
        send({ reply: await handle(request as never) });
      } catch (thrown) {
        send({ error: toErrorValue(thrown) });
      }
    });
  });
}

/** Inside a worker thread: notifies the pool's owner that something changed in their shared memory. */
export function note(): void {
  send({ note: true });
}

function send(message: WorkerMessage<unknown>): void {
  parentPort?.postMessage(message);
}
