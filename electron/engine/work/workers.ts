import { DistillError } from '../../contract/errors.ts';
import type { RunningWorker, StartWorker, WorkerClient, WorkerRole } from '../../contract/worker.ts';

/** The engine's workers: the one that short calls share, and one for each run and each long call. */
export class Workers {
  readonly #start: StartWorker;
  readonly #running = new Set<RunningWorker>();
  #shared: RunningWorker | null = null;
  #isBusy = false;
  #isClosed = false;

  constructor(start: StartWorker) {
    this.#start = start;
  }

  /** Starts a worker. Throws CANCELLED once the engine closes. */
  start(role: WorkerRole): RunningWorker {
    if (this.#isClosed) throw new DistillError('CANCELLED', 'The engine is ending.');
    const worker = this.#start(role);
    this.#running.add(worker);
    void worker.ended.then(() => {
      this.#running.delete(worker);
      if (this.#shared === worker) this.#shared = null;
    });
    if (this.#isBusy) announce(worker, true);
    return worker;
  }

  /** The worker that short calls share; started where none runs. */
  shared(): RunningWorker {
    return (this.#shared ??= this.start('shared'));
  }

  /** A call of the worker that short calls share. Rejects with what the call does, WORKER_GONE where the worker died of it. */
  inShared<T>(call: (client: WorkerClient) => Promise<T>): Promise<T> {
    return answered(this.shared(), call);
  }

  /** The same in a worker that ends with the call. */
  async inOwn<T>(call: (client: WorkerClient) => Promise<T>): Promise<T> {
    const worker = this.start('own');
    try {
      return await answered(worker, call);
    } finally {
      worker.close();
    }
  }

  /** Whether a run is at work in one of them. */
  set isBusy(value: boolean) {
    if (value === this.#isBusy) return;
    this.#isBusy = value;
    for (const worker of this.#running) announce(worker, value);
  }

  /** Ends them all, and resolves when they have ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const running = [...this.#running];
    for (const worker of running) worker.close();
    await Promise.all(running.map(({ ended }) => ended));
  }
}

function announce({ client }: RunningWorker, value: boolean): void {
  // One that is gone needs not know.
  client.work.setBusy({ value }).catch(() => undefined);
}

async function answered<T>(worker: RunningWorker, call: (client: WorkerClient) => Promise<T>): Promise<T> {
  try {
    return await call(worker.client);
  } catch (thrown) {
    throw await withCause(thrown, worker);
  }
}

/** What a call of a worker met; where the worker is gone, how that happened, once it has ended. */
export async function withCause(thrown: unknown, { ended }: RunningWorker): Promise<unknown> {
  if (!(thrown instanceof DistillError) || thrown.code !== 'ENGINE_GONE') return thrown;
  return new DistillError(
    'WORKER_GONE',
    `The process that worked on this ended unexpectedly (${await ended}).`,
    'Try again. If it happens again, memory may be short: close other programs, or choose smaller batches.',
    { retryable: true },
  );
}
