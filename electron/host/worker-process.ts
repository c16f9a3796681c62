/**
 * A worker's own process: started for an engine, its one client, it computes until the engine lets go of it or is gone. Then it saves
 * what is at work and ends: nothing goes on using the cores that no window shows. Its argument is what it is for.
 */
import { setPriority } from 'node:os';
import { serveWorker } from '../rpc/serve.ts';
import { endOnce, endSignals, readyChildProcess } from './child-process.ts';
import { findParent } from './parent.ts';

const log = readyChildProcess('The worker');
const parent = findParent(log);
if (!parent) {
  process.stderr.write('This is a worker of Distill Studio; its engine starts it.\n');
  process.exit(2);
}

/**
 * Below the window and whatever else the user does; what somebody waits for comes before a run. DISTILL_NICE: another niceness for all
 * workers, such as 0 on a machine whose other work should not come first.
 */
const niceness = Number(process.env['DISTILL_NICE'] ?? (process.argv[2] === 'shared' ? 5 : 10));
try {
  // Before any thread is started that is to inherit it.
  setPriority(niceness);
} catch (thrown) {
  log('The priority could not be lowered', thrown);
}

// Not as a static import: what the engine sends meanwhile is kept.
const loading = import('../engine/worker/index.ts').then(({ createWorker }) => createWorker());
let served: Promise<void> | null = null;
let letGo = (): void => undefined;
const end = endOnce(async () => {
  letGo();
  await served;
  await (await loading).close();
});
parent.onEnd(end);
for (const signal of endSignals) process.on(signal, end);
parent.onClient((engine) => {
  letGo = () => engine.close();
  // From the start: it may let go of a worker that is still loading.
  const onClosed = [end];
  engine.onClose(() => onClosed.forEach((closed) => closed()));
  const transport = { ...engine, onClose: (closed: () => void) => void onClosed.unshift(closed) };
  void loading.then((worker) => (served = serveWorker(transport, worker, log)));
});
