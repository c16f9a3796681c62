import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { DistillError } from '../../electron/contract/errors.ts';

/** What Linux reports of a process, in bytes. */
export interface ProcessMemory {
  /** Resident now. */
  resident: number;
  /** The most that was ever resident. */
  peak: number;
}

/** Reads VmRSS and VmHWM. Throws UNSUPPORTED_FORMAT where there is no /proc. */
export function memoryOf(pid: number): ProcessMemory {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch (cause) {
    throw new DistillError(
      'UNSUPPORTED_FORMAT',
      `The memory of process ${pid} cannot be read: "/proc/${pid}/status" is missing.`,
      'Measure memory on Linux.',
      { cause },
    );
  }
  const kilobytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
  return { resident: kilobytes('VmRSS') * 1024, peak: kilobytes('VmHWM') * 1024 };
}

/** Of /proc/<pid>/stat: user and system time are the fields 14 and 15, in ticks of 10 ms (USER_HZ). */
function processorMs(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
}

function busyMs(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}

/** ms below which ticks say little. */
const shortest = 300;

/**
 * Starts to watch what share of the machine everything but one process takes; the function that it returns gives it, in
 * [0, 1], null where the system does not report it or the time was too short for its ticks of 10 ms.
 */
export function watchOthers(pid: number): () => number | null {
  const start = { own: processorMs(pid), busy: busyMs(), time: performance.now() };
  return () => {
    const own = processorMs(pid);
    const elapsed = performance.now() - start.time;
    if (start.own === null || own === null || elapsed < shortest) return null;
    const others = busyMs() - start.busy - (own - start.own);
    return Math.max(0, others / (elapsed * cpus().length));
  };
}
