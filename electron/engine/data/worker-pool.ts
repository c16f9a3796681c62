import type { Worker } from 'node:worker_threads';
import { DistillError } from '../../contract/errors.ts';
import { keepThread, takeThread } from './idle-threads.ts';
import type { PoolMessage, WorkerMessage } from './worker-port.ts';

/** One of a pool's threads. */
interface PoolThread<Reply> {
  worker: Worker;
  /** Its open requests. */
  pending: Pending<Reply>[];
  /** The thread is no longer this pool's. */
  release: () => void;
}

interface Pending<Reply> {
  resolve: (reply: Reply) => void;
  reject: (error: DistillError) => void;
}

export interface PoolOptions {
  workers: number;
  /** What the threads do, for messages: 'augmentation'. */
  purpose: string;
  /** What every worker begins its task with. */
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
  readonly #module: URL;
  readonly #threads: PoolThread<Reply>[];
  readonly #purpose: string;
  readonly #onNote: () => void;
  #holds = 0;
  #closed: Promise<void> | null = null;

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
    this.#module = module;
    this.#threads = Array.from({ length: workers }, () => this.#start(data));
  }

  get size(): number {
    return this.#threads.length;
  }

  /** Sends to one worker. What is in `transfer` leaves this thread. */
  request(worker: number, message: Request, transfer: ArrayBuffer[] = []): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      const thread = this.#threads[worker]!;
      thread.pending.push({ resolve, reject });
      post(thread.worker, { request: message }, transfer);
    });
  }

  /** The threads keep the process alive until as many calls of `unhold`. */
  hold(): void {
    if (this.#holds++ === 0) for (const { worker } of this.#threads) worker.ref();
  }

  unhold(): void {
    if (--this.#holds === 0) for (const { worker } of this.#threads) worker.unref();
  }

  /**
   * Gives the threads to the next pool (idle-threads.ts). Those at work end at once; open requests are rejected with CANCELLED.
   */
  close(): Promise<void> {
    return (this.#closed ??= this.#end());
  }

  async #end(): Promise<void> {
    const hasFailed = this.#failure !== null;
    const free = this.#threads.filter(({ pending }) => !hasFailed && pending.length === 0);
    this.#fail(new DistillError('CANCELLED', `The threads for ${this.#purpose} were closed.`));
    await Promise.all(
      this.#threads.map((thread) =>
        free.includes(thread) ? this.#handOver(thread) : thread.worker.terminate(),
      ),
    );
  }

  async #handOver({ worker, release }: PoolThread<Reply>): Promise<void> {
    release();
    if (await hasEnded(worker)) keepThread(this.#module, worker);
  }

  #start(data: unknown): PoolThread<Reply> {
    const worker = takeThread(this.#module);
    const pending: Pending<Reply>[] = [];
    const onMessage = (message: WorkerMessage<Reply>) => {
      if ('note' in message) this.#onNote();
      else if ('reply' in message) pending.shift()?.resolve(message.reply);
      else if ('error' in message) {
        const { code, message: text, hint, retryable } = message.error;
        pending.shift()?.reject(new DistillError(code, text, hint, { retryable }));
      }
    };
    const onError = (cause: unknown) => this.#fail(this.#crashed(cause));
    const onExit = (status: number) => this.#fail(this.#crashed(new Error(`exit status ${status}`)));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    post(worker, { begin: data });
    worker.unref();
    const release = () => void worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    return { worker, pending, release };
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
    for (const { pending } of this.#threads) for (const { reject } of pending.splice(0)) reject(error);
  }
}

function post<Request>(worker: Worker, message: PoolMessage<Request>, transfer: ArrayBuffer[] = []): void {
  worker.postMessage(message, transfer);
}

/** Ends a thread's task; whether the thread is still there afterwards. */
async function hasEnded(worker: Worker): Promise<boolean> {
  let settle: (stays: boolean) => void = () => undefined;
  const settled = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  const onMessage = (message: WorkerMessage<unknown>) => {
    if ('ended' in message) settle(true);
  };
  const onGone = () => settle(false);
  // Not removed by removeAllListeners(), which would take the worker's own with them.
  worker.on('message', onMessage).on('error', onGone).on('exit', onGone);
  worker.ref();
  post(worker, { end: true });
  const stays = await settled;
  worker.off('message', onMessage).off('error', onGone).off('exit', onGone);
  worker.unref();
  return stays;
}
