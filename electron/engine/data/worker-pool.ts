import { Worker } from 'node:worker_threads';
import { DistillError } from '../../contract/errors.ts';
import type { WorkerMessage } from './worker-port.ts';

interface Pending<Reply> {
  resolve: (reply: Reply) => void;
  reject: (error: DistillError) => void;
}

export interface PoolOptions {
  workers: number;
  /** What the threads do, for messages: 'augmentation'. */
  purpose: string;
  /** Every worker's `workerData`. */
  data: unknown;
  onNote?: () => void;
}

/**
 * Worker threads that answer requests in order (worker-port.ts is their side). One that dies fails the whole pool:
 * open and later requests are rejected with a DistillError. The threads keep the process alive only between `hold`
 * and `unhold`.
 */
export class WorkerPool<Request, Reply> {
  /** Why the pool can no longer be used; null while it can. */
  #failure: DistillError | null = null;
  readonly #workers: Worker[];
  readonly #pending: Pending<Reply>[][];
  readonly #purpose: string;
  readonly #onNote: () => void;
  #holds = 0;

  constructor(module: URL, { workers, purpose, data, onNote }: PoolOptions) {
    if (!Number.isInteger(workers) || workers < 1) {
      const hint = 'Use at least 1 worker thread.';
      throw new DistillError(
        'INVALID_INPUT',
        `${workers} is not a valid number of threads for ${purpose}.`,
        hint,
      );
    }
    this.#purpose = purpose;
    this.#onNote = onNote ?? (() => undefined);
    this.#pending = Array.from({ length: workers }, () => []);
    this.#workers = this.#pending.map((pending) => this.#start(module, data, pending));
  }

  get size(): number {
    return this.#workers.length;
  }

  /** Sends to one worker. What is in `transfer` leaves this thread. */
  request(worker: number, message: Request, transfer: ArrayBuffer[] = []): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      this.#pending[worker]!.push({ resolve, reject });
      this.#workers[worker]!.postMessage(message, transfer);
    });
  }

  /** The threads keep the process alive until as many calls of `unhold`. */
  hold(): void {
    if (this.#holds++ === 0) for (const worker of this.#workers) worker.ref();
  }

  unhold(): void {
    if (--this.#holds === 0) for (const worker of this.#workers) worker.unref();
  }

  /** Ends the threads, at once; open requests are rejected with CANCELLED. */
  async close(): Promise<void> {
    this.#fail(new DistillError('CANCELLED', `The threads for ${this.#purpose} were closed.`));
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(module: URL, data: unknown, pending: Pending<Reply>[]): Worker {
    const worker = new Worker(module, { workerData: data });
    worker.on('message', (message: WorkerMessage<Reply>) => {
      if ('note' in message) this.#onNote();
      else if ('reply' in message) pending.shift()?.resolve(message.reply);
      else {
        const { code, message: text, hint, retryable } = message.error;
        pending.shift()?.reject(new DistillError(code, text, hint, { retryable }));
      }
    });
    worker.on('error', (cause) => this.#fail(this.#crashed(cause)));
    worker.on('exit', (status) => this.#fail(this.#crashed(new Error(`exit status ${status}`))));
    worker.unref();
    return worker;
  }

  #crashed(cause: unknown): DistillError {
    const why = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      const hint = 'Use smaller images, a smaller batch or fewer threads.';
      return new DistillError('OUT_OF_MEMORY', `A thread for ${this.#purpose} ran out of memory.`, hint, {
        cause,
      });
    }
    return new DistillError('INTERNAL', `A thread for ${this.#purpose} stopped: ${why}.`, '', { cause });
  }

  /** The first failure counts; what follows from it (the other threads' exits) is not news. */
  #fail(error: DistillError): void {
    if (this.#failure) return;
    this.#failure = error;
    for (const pending of this.#pending) for (const { reject } of pending.splice(0)) reject(error);
  }
}
