import type { CallContext } from '../../contract/method.ts';
import { queueWorkerTopic, type WorkerOffer } from '../../contract/sweep/queue.ts';
import type { EventBus } from '../events.ts';
import type { ActiveRuns } from '../run/active-runs.ts';
import { QueueWorker } from './queue-worker.ts';

/** What this engine does for queues. */
export class QueueWorkers {
  readonly #events: EventBus;
  readonly #active: ActiveRuns;
  readonly #closing = new AbortController();
  readonly #atWork = new Set<Promise<void>>();

  constructor(events: EventBus, active: ActiveRuns) {
    this.#events = events;
    this.#active = active;
  }

  /** Works for a queue until the call is cancelled, or the engine closes. Throws NETWORK, NOT_WRITABLE, DISK_FULL. */
  async work(offer: WorkerOffer, { signal, progress }: CallContext): Promise<void> {
    let done = 0;
    const worker = new QueueWorker(offer, {
      events: this.#events,
      active: this.#active,
      log: (level, message) => this.#events.publish(queueWorkerTopic, { type: 'log', level, message }),
      onEnded: () => progress({ done: ++done, total: done }),
    });
    const work = worker.work(AbortSignal.any([signal, this.#closing.signal]));
    this.#atWork.add(work);
    await work.finally(() => this.#atWork.delete(work));
  }

  /** Ends the members at work after their batch, saved and given back. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#atWork);
  }
}
