#!/usr/bin/env node
import { Console } from 'node:console';
import { restartWithAllocatorSettings } from '../platform/allocator.ts';
import { localWorkers } from '../rpc/local-worker.ts';
import type { EngineLike } from '../rpc/serve.ts';
import { runCli } from './program.ts';
import { onSignals } from './signals.ts';
import type { OutputStream } from './terminal.ts';

restartWithAllocatorSettings();

// Standard output belongs to results: what a library prints goes to the other stream.
globalThis.console = new Console(process.stderr, process.stderr);

// A reader that has seen enough (`distill-studio inspect x | head`) is no fault, and a run whose terminal was closed is saved without it.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EIO') return;
    if (error.code !== 'EPIPE') throw error;
    if (stream === process.stdout) process.exit(0);
  });

const written = (stream: OutputStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()));

const code = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  onInterrupt(listener) {
    return onSignals(process, listener);
  },
  async openEngine({ ownProcesses, log }): Promise<EngineLike> {
    // Only now: --help must not wait for the engine's libraries.
    const [{ createEngine }, { createWorker }] = await Promise.all([
      import('../engine/index.ts'),
      import('../engine/worker/index.ts'),
    ]);
    const local = localWorkers(createWorker);
    if (!ownProcesses) return createEngine({ startWorker: local });
    const { runsInOwnProcesses } = await import('./own-processes.ts');
    return createEngine({ startWorker: runsInOwnProcesses(local, log) });
  },
});
await Promise.all([written(process.stdout), written(process.stderr)]);
// Not by itself: after the second Ctrl-C the run is still going on.
process.exit(code);
