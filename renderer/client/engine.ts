import { ref, shallowRef, type Ref } from 'vue';
import { DistillError, type ErrorValue } from '../../electron/contract/errors.ts';
import type { Client } from '../../electron/contract/services.ts';
import { connect, type Connection } from '../../electron/rpc/connect.ts';
import type { EngineStatus, Host } from '../host/host.ts';
import { host } from '../host/index.ts';

export type EngineState = 'connecting' | 'up' | 'restarting' | 'failed';

type Subscription = Parameters<Client['subscribe']>;

/** The engine seen from the window: one connection, made again whenever it is lost. */
export class EngineLink {
  readonly state: Ref<EngineState> = ref('connecting');
  readonly error: Ref<ErrorValue | null> = shallowRef(null);
  /** Rises with every new connection: what was loaded over an earlier one may be stale. */
  readonly generation: Ref<number> = ref(0);
  readonly #host: Host;
  /** What the host said last. */
  #told: EngineStatus['state'] = 'starting';
  #connection: Promise<Connection> | null = null;
  readonly #subscriptions = new Map<Subscription, (() => void) | null>();

  constructor(host: Host) {
    this.#host = host;
    host.onEngine(({ state, error }) => {
      this.error.value = error;
      this.#told = state;
      // The connection may have been made before the engine was up: then nothing else says so.
      if (state === 'up')
        void this.client().then(
          () => (this.state.value = 'up'),
          () => this.#reconnect(500),
        );
      else this.state.value = state === 'starting' ? 'connecting' : state;
    });
  }

  /** The connection, as soon as there is one. Rejects with ENGINE_GONE where none can be had. */
  client(): Promise<Connection> {
    // A host may let in a window while it has no engine, only to shut the door again.
    if (!this.#connection && this.#isAway) return Promise.reject(engineGone(null));
    this.#connection ??= this.#open();
    return this.#connection;
  }

  /** Events of a topic, also after the connection was lost and made again; returns the way to end it. */
  subscribe(...subscription: Subscription): () => void {
    this.#subscriptions.set(subscription, null);
    void this.client()
      .then((client) => this.#attach(client, subscription))
      .catch(() => undefined);
    return () => {
      this.#subscriptions.get(subscription)?.();
      this.#subscriptions.delete(subscription);
    };
  }

  restart(): Promise<void> {
    return this.#host.restartEngine();
  }

  get #isAway(): boolean {
    return this.#told === 'restarting' || this.#told === 'failed';
  }

  #attach(client: Connection, subscription: Subscription): void {
    if (this.#subscriptions.get(subscription) !== null) return;
    this.#subscriptions.set(subscription, client.subscribe(...subscription));
  }

  async #open(): Promise<Connection> {
    try {
      const transport = await this.#host.connect();
      const connection = connect({
        ...transport,
        onClose: (closed) =>
          transport.onClose(() => {
            closed();
            this.#lost();
          }),
      });
      for (const subscription of this.#subscriptions.keys()) this.#attach(connection, subscription);
      this.state.value = 'up';
      this.error.value = null;
      this.generation.value++;
      return connection;
    } catch (thrown) {
      this.#connection = null;
      throw thrown instanceof DistillError ? thrown : engineGone(thrown);
    }
  }

  #lost(): void {
    this.#connection = null;
    for (const subscription of this.#subscriptions.keys()) this.#subscriptions.set(subscription, null);
    if (this.state.value === 'up') this.state.value = 'restarting';
    this.#reconnect(500);
  }

  /** The host tells when the engine is up again; where it cannot tell, trying does. */
  #reconnect(delayMs: number): void {
    setTimeout(() => {
      if (this.#connection || this.#isAway) return;
      this.client().catch(() => this.#reconnect(Math.min(2 * delayMs, 5000)));
    }, delayMs);
  }
}

const engineGone = (cause: unknown): DistillError =>
  new DistillError('ENGINE_GONE', 'The engine cannot be reached.', 'Wait a moment, then try again.', {
    retryable: true,
    cause,
  });

export const engine = new EngineLink(host);
