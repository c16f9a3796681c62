import type { StartWorker, WorkerRole } from '../contract/worker.ts';
import { connectWorker } from '../rpc/connect.ts';
import type { Log } from '../rpc/protocol.ts';
import type { Transport } from '../rpc/transport.ts';

/** A worker's process, as the engine's process has it. */
export interface WorkerProcess {
  /** Its end of the one channel; what is sent waits until the worker is loaded. Closes when the process is gone. */
  transport: Transport;
  /** Calls back once, when the process is gone. */
  onExit: (listener: (reason: string) => void) => void;
  /** Ends it at once (SIGKILL). */
  kill: () => void;
}

export type ForkWorker = (role: WorkerRole) => WorkerProcess;

/**
 * Milliseconds between signs of life, four of which may be missed: a worker breathes between two steps only, and a step of a big network
 * without native kernels takes minutes.
 */
const heartbeatMs = 150_000;
/** Milliseconds that a worker may take to save and end, a little more than it takes itself. */
const endMs = 130_000;

/** Starts workers in processes of their own. One that is silent for too long, or does not end, is killed. */
export const workersBy =
  (fork: ForkWorker, log: Log, beatMs = heartbeatMs): StartWorker =>
  (role) => {
    const { transport, onExit, kill } = fork(role);
    const ended = new Promise<string>((resolve) => onExit(resolve));
    let isLetGo = false;
    const watched: Transport = {
      ...transport,
      close() {
        // Not by us: it was silent for too long, or speaks another protocol.
        if (!isLetGo) {
          log(`A worker (${role}) is killed: it gives no sign of life.`);
          kill();
        }
        transport.close();
      },
    };
    const client = connectWorker(watched, { log, heartbeatMs: beatMs });
    return {
      client,
      ended,
      close() {
        if (isLetGo) return;
        isLetGo = true;
        client.close();
        const patience = setTimeout(() => {
          log(`A worker (${role}) did not end in time and is killed.`);
          kill();
        }, endMs);
        void ended.then(() => clearTimeout(patience));
      },
    };
  };
