import { DistillError } from '../../electron/contract/errors.ts';
import type { RunEvent } from '../../electron/contract/events.ts';
import type { Handlers } from '../../electron/contract/services.ts';
import type { EngineLike } from '../../electron/rpc/serve.ts';

type Listener = (event: RunEvent, seq: number) => void;

/** Handlers to replace, service by service. */
export type Overrides = { [S in keyof Handlers]?: Partial<Handlers[S]> };

export interface FakeEngine extends EngineLike {
  emit(topic: string, event: RunEvent): void;
  listeners(topic: string): number;
  closed: boolean;
}

const unexpected = (): Promise<never> =>
  Promise.reject(new DistillError('INTERNAL', 'not expected in this test'));

/** An engine without computing: every handler that a test does not give refuses. */
export function fakeEngine(overrides: Overrides = {}): FakeEngine {
  const topics = new Map<string, Set<Listener>>();
  let seq = 0;
  const handlers = {
    system: {
      doctor: unexpected,
      linkTensorflow: unexpected,
      unlinkTensorflow: unexpected,
      bench: unexpected,
      ...overrides.system,
    },
    dataset: { inspect: unexpected, sample: unexpected, ...overrides.dataset },
    training: { findLearningRate: unexpected, ...overrides.training },
    runs: {
      start: unexpected,
      resume: unexpected,
      stop: unexpected,
      wait: unexpected,
      list: unexpected,
      result: unexpected,
      evaluate: unexpected,
      predict: unexpected,
      export: unexpected,
      ...overrides.runs,
    },
  } satisfies Handlers;
  const engine: FakeEngine = {
    handlers,
    events: {
      subscribe(topic, listener) {
        const listeners = topics.get(topic) ?? new Set();
        topics.set(topic, listeners.add(listener));
        return () => void listeners.delete(listener);
      },
    },
    emit(topic, event) {
      seq++;
      for (const listener of topics.get(topic) ?? []) listener(event, seq);
    },
    listeners: (topic) => topics.get(topic)?.size ?? 0,
    closed: false,
    close: () => {
      engine.closed = true;
      return Promise.resolve();
    },
  };
  return engine;
}
