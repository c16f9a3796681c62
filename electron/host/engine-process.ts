/**
 * The engine's own process: started by a host, it serves any number of clients until the host asks it to end, or is gone. It computes
 * nothing itself: its workers do, in processes of their own.
 */
import { serve } from '../rpc/serve.ts';
import { endOnce, endSignals, readyChildProcess } from './child-process.ts';
import { findParent } from './parent.ts';
import { workersBy } from './worker-link.ts';

const log = readyChildProcess('The engine');
const parent = findParent(log);
if (!parent) {
  process.stderr.write('This is the engine of Distill Studio; its hosts start it.\n');
  process.exit(2);
}

// Only now, and not as a static import: messages are kept from the start, and a library that does not load is logged.
const loading = import('../engine/index.ts').then(({ createEngine }) =>
  createEngine({ startWorker: workersBy(parent.forkWorker, log) }),
);
const end = endOnce(async () => (await loading).close());
parent.onEnd(end);
for (const signal of endSignals) process.on(signal, end);

const engine = await loading;
parent.onClient((client) => serve(client, engine, log));
engine.warmUp();
