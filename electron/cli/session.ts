import path from 'node:path';
import type { Client } from '../contract/services.ts';
import { connect } from '../rpc/connect.ts';
import { memoryTransports } from '../rpc/memory.ts';
import { serve } from '../rpc/serve.ts';
import { traceText } from '../rpc/trace.ts';
import type { Output } from './output.ts';
import type { Terminal } from './terminal.ts';

/** What a command works with. */
export interface Session {
  output: Output;
  /** Aborted by the first Ctrl-C. */
  signal: AbortSignal;
  /** The engine, started on first use. */
  engine: () => Promise<Client>;
  /** A path as given on the command line, made absolute. */
  resolve: (file: string) => string;
  /** A path as short as it can be shown to the one who is in this folder. */
  shown: (file: string) => string;
  close: () => Promise<void>;
}

/** The engine runs in this very process, but behind the same contract and transport as in the other hosts. */
export function session(terminal: Terminal, output: Output, signal: AbortSignal): Session {
  let opened: Promise<{ client: Client; close: () => Promise<void> }> | null = null;

  async function open() {
    const engine = await terminal.openEngine();
    const [near, far] = memoryTransports();
    serve(far, engine, (message, thrown) => output.trace(traceText(message, thrown)));
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
    engine: async () => (await (opened ??= open())).client,
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
