import { Console } from 'node:console';
import type { Log } from '../rpc/protocol.ts';
import { traceText } from '../rpc/trace.ts';

/** Milliseconds after which a process that is to end gives up saving. */
const patience = 120_000;

/**
 * Readies a process that a host has started: its output goes to the host's log. `name`: 'The engine', as the subject of a sentence.
 * Returns the function that logs a line.
 */
export function readyChildProcess(name: string): Log {
  // Nobody may be reading any more.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  globalThis.console = new Console(process.stderr, process.stderr);
  process.on('uncaughtException', (thrown) => {
    process.stderr.write(`${traceText(`${name} failed`, thrown)}\n`, () => process.exit(1));
  });
  // Ctrl-C reaches all processes of a terminal: the host then asks for an end in order.
  process.on('SIGINT', () => undefined);
  return (message, thrown) => void process.stderr.write(`${traceText(message, thrown)}\n`);
}

/** Ends this process when `work` has saved what is at work; by force after two minutes. Does it once, however often it is called. */
export function endOnce(work: () => Promise<void>): () => void {
  let isEnding = false;
  return () => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(1), patience).unref();
    void work().finally(() => process.exit(0));
  };
}

/** Signals that ask for an end. */
export const endSignals = ['SIGTERM', 'SIGHUP'] as const;
