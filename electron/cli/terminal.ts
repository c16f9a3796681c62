import type { EngineLike } from '../rpc/serve.ts';

/** A stream to write to: process.stdout, or a test's. */
export type OutputStream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

/** All of the world that the program touches apart from files, so that a test needs no process of its own. */
export interface Terminal {
  stdout: OutputStream;
  stderr: OutputStream;
  env: Record<string, string | undefined>;
  cwd: string;
  /** Calls `listener` on every Ctrl-C; returns the way to end it. */
  onInterrupt: (listener: () => void) => () => void;
  /** Starts the engine; called once, and only by commands that need it. */
  openEngine: () => Promise<EngineLike>;
}
