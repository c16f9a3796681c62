import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { processChannels } from '../rpc/process-channels.ts';
import type { Log } from '../rpc/protocol.ts';
import type { Transport } from '../rpc/transport.ts';

/** A child of this Node process, and the channels to it. */
export interface NodeProcess {
  readonly pid: number | undefined;
  open: () => Transport;
  /** Calls back once, when it is gone; `code` null: a signal ended it, or it never started. */
  onExit: (listener: (code: number | null, reason: string) => void) => void;
  /** A message beside the channels; nothing where it is gone. */
  send: (message: { kind: string }) => void;
  kill: () => void;
}

interface ForkOptions {
  /** In the log, before what it prints: 'engine'. */
  name: string;
  args?: readonly string[];
  env: NodeJS.ProcessEnv;
  /** For its V8, beside those of this process. */
  flags?: readonly string[];
  log: Log;
}

/** Starts a module as a child of this Node process; what it prints goes to `log`, line by line. */
export function forkNode(
  module: string,
  { name, args = [], env, flags = [], log }: ForkOptions,
): NodeProcess {
  const inherited = process.execArgv.filter((flag) => !flags.includes(flag) && !flag.startsWith('--inspect'));
  const child = fork(module, args, {
    env,
    execArgv: [...flags, ...inherited],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface({ input: stream }).on('line', (line) => log(`${name}: ${line}`));
  const exits: ((code: number | null, reason: string) => void)[] = [];
  let ended = false;
  function exited(code: number | null, reason: string): void {
    if (ended) return;
    ended = true;
    for (const listener of exits) listener(code, reason);
  }
  child.on('exit', (code, signal) =>
    exited(code, signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`),
  );
  child.on('error', (error) => {
    log(`The ${name} could not be started or reached`, error);
    if (child.pid === undefined) exited(null, error.message);
  });
  const channels = processChannels({
    // The callback takes the error of a child that has just gone.
    send(envelope, sent) {
      if (child.connected) child.send(envelope, () => sent?.());
      else sent?.();
    },
    onMessage: (listener) => void child.on('message', listener),
    onGone: (listener) => exits.push(listener),
  });
  return {
    pid: child.pid,
    open: () => channels.open(),
    onExit: (listener) => void exits.push(listener),
    send(message) {
      if (child.connected) child.send(message, () => undefined);
    },
    kill() {
      // Of a process that could not be started Node would take an arbitrary number.
      if (child.pid !== undefined) child.kill('SIGKILL');
    },
  };
}
