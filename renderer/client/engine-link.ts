import { ref, shallowRef, type Ref } from 'vue';
import { DistillError, toErrorValue, type ErrorValue } from '../../electron/contract/errors.ts';
import type { Client } from '../../electron/contract/services.ts';
import { connect, type Connection } from '../../electron/rpc/connect.ts';
import type { EngineStatus, Host } from '../host/host.ts';

/** `failed`: its host has given it up. `unreachable`: there is no host either, as far as can be seen from here. */
export type EngineState = 'connecting' | 'up' | 'restarting' | 'failed' | 'unreachable';

/** Milliseconds before the first try to connect again, doubled with each further one up to the most. */
const [firstDelayMs, mostDelayMs] = [500, 5000];
/** Failed attempts after which the engine is shown as unreachable: a server that is only restarted is back by then. */
const patientTries = 3;

type Subscription = Parameters<Client['subscribe']>;

/** The engine seen from the window: one connection, made again whenever it is lost. */
export class EngineLink {
  readonly state: Ref<EngineState> = ref('connecting');
  readonly error: Ref<ErrorValue | null> = shallowRef(null);
  /** Rises with every new connection: what was loaded over an earlier one may be stale. */
  readonly generation: Ref<number> = ref(0);
  readonly #host: Host;
  /** What the host last reported. */
  #reported: EngineStatus['state'] = 'starting';
  #connection: Promise<Connection> | null = null;
  /** Connections that could not be made since there was one. */
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | null = null;
  readonly #subscriptions = new Map<Subscription, (() => void) | null>();

  constructor(host: Host) {
    this.#host = host;
    host.onEngine(({ state, error }) => {
      this.#reported = state;
      if (state === 'lost') {
        if (!this.#connection) this.#reconnect();
        return;
      }
      this.error.value = error;
      // The connection may have been made before the engine was up: then nothing else reports it.
      if (state === 'up')
        void this.client().then(
          () => (this.state.value = 'up'),
          () => this.#reconnect(),
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

  /** After `failed`: the host starts it again. After `unreachable`: tries at once, where the next try would come by itself. */
  async restart(): Promise<void> {
    if (this.state.value === 'unreachable') await this.client();
    else await this.#host.restartEngine();
  }

  get #isAway(): boolean {
    return this.#reported === 'restarting' || this.#reported === 'failed';
  }

  #attach(client: Connection, subscription: Subscription): void {
    if (this.#subscriptions.get(subscription) !== null) return;
    this.#subscriptions.set(subscription, client.subscribe(...subscription));
  }

  async #open(): Promise<Connection> {
    try {
      const transport = await this.#host.connect();
      // A host may let a window in before the engine is there: only its greeting shows that it is.
      let isGreeted = false;
      const connection = connect({
        ...transport,
        onMessage: (received) =>
          transport.onMessage((message) => {
            if (!isGreeted) this.#up();
            isGreeted = true;
            received(message);
          }),
        onClose: (closed) =>
          transport.onClose(() => {
            closed();
            this.#lost();
          }),
      });
      for (const subscription of this.#subscriptions.keys()) this.#attach(connection, subscription);
      this.generation.value++;
      return connection;
    } catch (thrown) {
      this.#connection = null;
      const error = thrown instanceof DistillError ? thrown : engineGone(thrown);
      if (++this.#failures >= patientTries && !this.#isAway) {
        this.state.value = 'unreachable';
        this.error.value = toErrorValue(error);
      }
      throw error;
    }
  }

  #up(): void {
    this.state.value = 'up';
    this.error.value = null;
    this.#failures = 0;
  }

  #lost(): void {
    this.#connection = null;
    for (const subscription of this.#subscriptions.keys()) this.#subscriptions.set(subscription, null);
    if (this.state.value === 'up') this.state.value = 'restarting';
    this.#reconnect();
  }

  /** The host reports when the engine is up again; where it cannot, trying shows it, for as long as the window is open. */
  #reconnect(): void {
    if (this.#retry !== null) return;
    const delayMs = Math.min(firstDelayMs * 2 ** this.#failures, mostDelayMs);
    this.#retry = setTimeout(() => {
      this.#retry = null;
      if (this.#connection || this.#isAway) return;
      this.client().catch(() => this.#reconnect());
    }, delayMs);
  }
}

const engineGone = (cause: unknown): DistillError =>
  new DistillError('ENGINE_GONE', 'The engine cannot be reached.', 'Wait a moment, then try again.', {
    retryable: true,
    cause,
  });
