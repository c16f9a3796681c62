import type { CallContext } from '../contract/method.ts';
import type { Handlers } from '../contract/services.ts';
import type { EngineLike } from '../rpc/serve.ts';

type Handler = (input: unknown, context: CallContext) => Promise<unknown>;
type Table = Record<string, Record<string, Handler>>;

/** The calls that take steps with a network, in which nothing else is heard. */
const computing = {
  system: ['bench'],
  models: ['teacherAnswers'],
  training: ['findLearningRate', 'estimate'],
  runs: ['evaluate', 'predict', 'judge'],
} as const satisfies { [Service in keyof Handlers]?: readonly (keyof Handlers[Service])[] };

/** The calls after which a run computes, whoever goes on listening: it ends when `runs.wait` does. */
const launching = ['start', 'resume'] as const satisfies readonly (keyof Handlers['runs'])[];

/**
 * The same engine, which tells by `tell` when it begins to compute and when nothing of the kind is left. It tells before the work
 * begins: during a step nothing can be told.
 */
export function watchWork<Engine extends EngineLike>(
  engine: Engine,
  tell: (isWorking: boolean) => void,
): Engine {
  let working = 0;
  function change(by: 1 | -1): void {
    const before = working;
    working += by;
    if (before === 0 || working === 0) tell(working > 0);
  }

  async function counted<Value>(work: () => Promise<Value>): Promise<Value> {
    change(1);
    try {
      return await work();
    } finally {
      change(-1);
    }
  }

  // Every handler takes what serve() has checked; only the compiler cannot follow a name through the table.
  const table = Object.fromEntries(
    Object.entries(engine.handlers).map(([service, methods]) => [service, { ...methods }]),
  ) as unknown as Table;
  for (const [service, methods] of Object.entries(computing))
    for (const method of methods) {
      const handler = table[service]![method]!;
      table[service]![method] = (input, context) => counted(() => handler(input, context));
    }
  const wait = table['runs']!['wait']!;
  for (const method of launching) {
    const handler = table['runs']![method]!;
    table['runs']![method] = (input, context) =>
      counted(async () => {
        const launched = (await handler(input, context)) as { folder: string };
        // Its end is told to whoever waits for it; here only the time counts.
        void counted(() => wait(launched, idle)).catch(() => undefined);
        return launched;
      });
  }
  return { ...engine, handlers: table as unknown as Handlers };
}

/** Of a call that nobody breaks off. */
const idle: CallContext = { signal: new AbortController().signal, progress: () => undefined };
