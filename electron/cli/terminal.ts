import type { Log } from '../rpc/protocol.ts';
import type { EngineLike } from '../rpc/serve.ts';

/** A stream to write to: process.stdout, or a test's. */
export type OutputStream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

export interface EngineOptions {
  /** Whether each run has a process of its own, so that several can be at work at the same time. */
  ownProcesses: boolean;
  /** What these processes print. */
  log: Log;
}

/** All of the world that the program touches apart from files, so that a test needs no process of its own. */
export interface Terminal {
  stdout: OutputStream;
  stderr: OutputStream;
  env: Record<string, string | undefined>;
  cwd: string;
  /** Calls `listener` on every Ctrl-C; returns the way to end it. */
  onInterrupt: (listener: () => void) => () => void;
  /** Starts the engine; called once, and only by commands that need it. */
  openEngine: (options: EngineOptions) => Promise<EngineLike>;
}
