import { execFileSync } from 'node:child_process';
import type { Studio } from './studio.ts';

/** The engine's process: the server's only child that runs engine-process. */
export function enginePid({ process: server }: Studio): number {
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(server.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('engine-process'));
  if (lines.length !== 1) throw new Error(`The server has ${lines.length} engines.`);
  return Number.parseInt(lines[0]!, 10);
}
