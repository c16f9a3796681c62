import { noAnnotation } from '../../electron/contract/annotation.ts';
import { DistillError } from '../../electron/contract/errors.ts';
import type { RunEvent } from '../../electron/contract/events.ts';
import type { RunSummary } from '../../electron/contract/run-summary.ts';
import { services, type Handlers, type ServiceName } from '../../electron/contract/services.ts';
import type { EngineLike } from '../../electron/rpc/serve.ts';

type Listener = (event: RunEvent, seq: number) => void;

/** Handlers to replace, service by service. */
export type Overrides = { [S in keyof Handlers]?: Partial<Handlers[S]> };

export interface FakeEngine extends EngineLike {
  emit(topic: string, event: RunEvent): void;
  listeners(topic: string): number;
  closed: boolean;
}

const refusing = (method: string) => (): Promise<never> =>
  Promise.reject(new DistillError('INTERNAL', `${method} is not expected in this test`));

/** An engine without computing: every handler that a test does not give refuses. */
export function fakeEngine(overrides: Overrides = {}): FakeEngine {
  const topics = new Map<string, Set<Listener>>();
  let seq = 0;
  const handlers = Object.fromEntries(
    Object.entries(services).map(([service, methods]) => [
      service,
      {
        ...Object.fromEntries(Object.keys(methods).map((name) => [name, refusing(`${service}.${name}`)])),
        ...overrides[service as ServiceName],
      },
    ]),
  ) as Handlers;
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

/** A run as a list shows it, of which a test says what it is about. */
export const fakeSummary = (parts: Partial<RunSummary> = {}): RunSummary => ({
  folder: '/runs/r',
  name: 'r',
  recipeName: 'r',
  annotation: noAnnotation,
  state: 'completed',
  startedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  error: null,
  accuracy: { teacher: null, student: null, baseline: null },
  architectures: { teacher: null, student: 'cifar_resnet8' },
  student: null,
  verdict: null,
  studentBytes: null,
  bytes: 0,
  dataset: null,
  ...parts,
});
