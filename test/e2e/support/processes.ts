import { execFileSync } from 'node:child_process';
import type { WorkerRole } from '../../../electron/contract/worker.ts';
import type { Studio } from './studio.ts';

/** A process's children with this in their command lines. */
const childrenOf = (parent: number, command: string): number[] =>
  execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(parent)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(command))
    .map((line) => Number.parseInt(line, 10));

/** The engine's process: the server's only child that runs engine-process. */
export function enginePid({ process: server }: Studio): number {
  const [engine, ...others] = childrenOf(server.pid!, 'engine-process');
  if (engine === undefined || others.length > 0)
    throw new Error(`The server has ${engine === undefined ? 'no' : others.length + 1} engines.`);
  return engine;
}

/**
 * Halts the engine's workers of a kind in the middle of their work: a screen can be looked at for long without their taking processor
 * time from it. Gives what lets them go on.
 */
export function haltWorkers(studio: Studio, role: WorkerRole): () => void {
  const workers = childrenOf(enginePid(studio), `worker-process.ts ${role}`);
  if (workers.length === 0) throw new Error(`No worker "${role}" is at work.`);
  for (const worker of workers) process.kill(worker, 'SIGSTOP');
  return () => {
    for (const worker of workers) process.kill(worker, 'SIGCONT');
  };
}
