import { readFile } from 'node:fs/promises';
import os, { hostname } from 'node:os';
import { z } from 'zod';

/** Who holds a run: enough to tell a living process from another one that was given the same number later. */
export const ownerSchema = z.object({
  pid: z.number().int().positive(),
  host: z.string(),
  /** Boot and start time of the process, as the kernel reports them; null where it does not (Windows, macOS). */
  started: z.string().nullable(),
  /** Random, so that one process can tell its own locks apart. */
  token: z.string(),
});
export type Owner = z.output<typeof ownerSchema>;

/** A holder on another host (or in another container) shows that it lives by touching its lock within this time. */
export const HEARTBEAT_MS = 15_000;
const HEARTBEAT_LOST_MS = 8 * HEARTBEAT_MS;
/**
 * The same for a process of this host whose number exists, but may be another's by now. Longer than the hosts let an engine be silent: in
 * a long step it touches nothing.
 */
const NUMBER_LOST_MS = 15 * 60_000;

/** The tokens of this very process: its own locks count as held even where it slept and has touched nothing yet. */
const own = new Set<string>();

/** Linux: boot id and field 22 (starttime) of /proc/<pid>/stat, see proc_pid_stat(5). null elsewhere. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The second field is the program's name in brackets, which may itself hold spaces and brackets.
    const starttime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return starttime === undefined ? null : `${boot.trim()}:${starttime}`;
  } catch {
    return null;
  }
}

export async function thisProcess(token: string): Promise<Owner> {
  own.add(token);
  return { pid: process.pid, host: hostname(), started: await startOf(process.pid), token };
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

/** Whether the process that wrote a lock is still there; `touched` is the time of the lock's last heartbeat. */
export async function isAlive(owner: Owner, touched: Date): Promise<boolean> {
  if (owner.host !== hostname()) return Date.now() - touched.getTime() < HEARTBEAT_LOST_MS;
  if (!pidExists(owner.pid)) return false;
  if (owner.started !== null) return (await startOf(owner.pid)) === owner.started;
  if (owner.pid === process.pid && own.has(owner.token)) return true;
  return Date.now() - touched.getTime() < Math.min(NUMBER_LOST_MS, os.uptime() * 1000);
}
