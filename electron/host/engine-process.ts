/**
 * The engine's own process: started by a host with node-engine.ts's settings, it serves any number of clients until the host asks
 * it to end, or is gone.
 */
import { Console } from 'node:console';
import { localWorkers } from '../rpc/local-worker.ts';
import { serve } from '../rpc/serve.ts';
import { traceText } from '../rpc/trace.ts';
import { findParent } from './parent.ts';
import { watchWork } from './watch-work.ts';

/** Milliseconds after which a process without a host gives up saving. */
const patience = 120_000;

// The host keeps what is said here in its log; nobody may be reading any more.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
globalThis.console = new Console(process.stderr, process.stderr);
const log = (message: string, thrown?: unknown): void =>
  void process.stderr.write(`${traceText(message, thrown)}\n`);

process.on('uncaughtException', (thrown) => {
  process.stderr.write(`${traceText('The engine failed', thrown)}\n`, () => process.exit(1));
});
// Ctrl-C reaches all processes of a terminal: the host then asks for an end in order.
process.on('SIGINT', () => undefined);

const parent = findParent();
if (!parent) {
  process.stderr.write('This is the engine of Distill Studio; its hosts start it.\n');
  process.exit(2);
}

// Only now, and not as a static import: messages are kept from the start, and a library that does not load is told in the log.
const loading = Promise.all([import('../engine/index.ts'), import('../engine/worker/index.ts')]).then(
  ([{ createEngine }, { createWorker }]) => createEngine({ startWorker: localWorkers(createWorker, log) }),
);

let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  setTimeout(() => process.exit(1), patience).unref();
  await (await loading).close();
  process.exit(0);
}
parent.onEnd(() => void end());
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());

const engine = await loading;
const watched = watchWork(engine, (value) => parent.tell({ kind: 'working', value }));
parent.onClient((client) => serve(client, watched, log));
