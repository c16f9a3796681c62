import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

/** This machine, as its network namespaces reach it. */
const here = '10.77.0.1';
const bridge = 'distill0';

function command(line: string): void {
  const [program, ...args] = line.split(' ');
  const { status, stderr } = spawnSync(program!, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${line}: ${stderr}`);
}
const attempt = (line: string): boolean => {
  const [program, ...args] = line.split(' ');
  return spawnSync(program!, args).status === 0;
};

/**
 * Machines for workers: network namespaces on a bridge where this process may make them, so that one can be cut off; else processes
 * that share this machine's network, one of which is cut off by stopping it.
 */
export class Machines {
  readonly isolated: boolean;
  readonly address: string;
  readonly #names: readonly string[];
  readonly #disks: string[] = [];

  constructor(names: readonly string[]) {
    this.#names = names;
    this.isolated = attempt(`ip link add ${bridge} type bridge`);
    this.address = this.isolated ? here : '127.0.0.1';
    if (!this.isolated) return;
    command(`ip addr add ${here}/24 dev ${bridge}`);
    command(`ip link set ${bridge} up`);
    for (const [index, name] of names.entries()) {
      command(`ip netns add ${name}`);
      command(`ip link add v-${name} type veth peer name eth0 netns ${name}`);
      command(`ip link set v-${name} master ${bridge} up`);
      command(`ip -n ${name} addr add 10.77.0.${index + 2}/24 dev eth0`);
      command(`ip -n ${name} link set eth0 up`);
      command(`ip -n ${name} link set lo up`);
    }
  }

  /** Starts a program on one of them. */
  start(name: string, program: string, args: readonly string[], log: number): ChildProcess {
    const [command, all] = this.isolated
      ? ['ip', ['netns', 'exec', name, program, ...args]]
      : [program, args];
    return spawn(command, all, { stdio: ['ignore', log, log] });
  }

  /** Cuts a machine off, or connects it again. */
  connect(name: string, process: ChildProcess, isConnected: boolean): void {
    if (this.isolated) command(`ip link set v-${name} ${isConnected ? 'up' : 'down'}`);
    else process.kill(isConnected ? 'SIGCONT' : 'SIGSTOP');
  }

  /** Makes a folder a disk of so many KiB; false where that cannot be done. */
  disk(folder: string, kib: number): boolean {
    mkdirSync(folder, { recursive: true });
    const isMounted = attempt(`mount -t tmpfs -o size=${kib}k tmpfs ${folder}`);
    if (isMounted) this.#disks.push(path.resolve(folder));
    return isMounted;
  }

  grow(folder: string, kib: number): void {
    command(`mount -o remount,size=${kib}k ${folder}`);
  }

  close(): void {
    for (const disk of this.#disks) attempt(`umount -l ${disk}`);
    if (!this.isolated) return;
    for (const name of this.#names) attempt(`ip netns del ${name}`);
    attempt(`ip link del ${bridge}`);
  }
}
