import path from 'node:path';
import type { Client } from '../contract/services.ts';
import { connect } from '../rpc/connect.ts';
import { memoryTransports } from '../rpc/memory.ts';
import type { Log } from '../rpc/protocol.ts';
import { serve } from '../rpc/serve.ts';
import { traceText } from '../rpc/trace.ts';
import type { Output } from './output.ts';
import type { EngineOptions, Terminal } from './terminal.ts';

/** What a command works with. */
export interface Session {
  output: Output;
  /** Aborted by the first Ctrl-C. */
  signal: AbortSignal;
  /** The engine, started on first use: by then it is decided whether runs have processes of their own. */
  engine: (options?: Pick<EngineOptions, 'ownProcesses'>) => Promise<Client>;
  /** A path as given on the command line, made absolute. */
  resolve: (file: string) => string;
  /** A path as short as it can be shown to the one who is in this folder. */
  shown: (file: string) => string;
  close: () => Promise<void>;
}

/** The engine runs in this very process, as most of its workers do, but behind the same contract and transport as in the other hosts. */
export function session(terminal: Terminal, output: Output, signal: AbortSignal): Session {
  let opened: Promise<{ client: Client; close: () => Promise<void> }> | null = null;

  async function open(ownProcesses: boolean) {
    const log: Log = (message, thrown) => output.trace(traceText(message, thrown));
    const engine = await terminal.openEngine({ ownProcesses, log });
    const [near, far] = memoryTransports();
    serve(far, engine, log);
    const client = connect(near, { log: output.trace });
    const close = (): Promise<void> => {
      client.close();
      return engine.close();
    };
    return { client, close };
  }

  return {
    output,
    signal,
    engine: async ({ ownProcesses } = { ownProcesses: false }) =>
      (await (opened ??= open(ownProcesses))).client,
    resolve: (file) => path.resolve(terminal.cwd, file),
    shown(file) {
      const relative = path.relative(terminal.cwd, file);
      return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
    },
    async close() {
      const engine = await opened?.catch(() => null);
      await engine?.close();
    },
  };
}
