import { execFile, type ExecFileOptions } from 'node:child_process';
import { promisify } from 'node:util';

export interface ProgramOptions extends Pick<ExecFileOptions, 'cwd' | 'env' | 'timeout' | 'maxBuffer'> {
  signal?: AbortSignal | undefined;
}

/**
 * Runs a program to its end; gives what it printed. Rejects where it cannot be started, fails or takes longer than `timeout`
 * milliseconds, and with the signal's reason once that is aborted. The signal is not given to execFile: of a program that is missing,
 * it would signal a process of an arbitrary number, at times 0, which is this process's own group.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { signal, ...options }: ProgramOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  signal?.throwIfAborted();
  const running = promisify(execFile)(program, args, { ...options, encoding: 'utf8' });
  const end = (): void => {
    if (running.child.pid !== undefined) running.child.kill();
  };
  signal?.addEventListener('abort', end, { once: true });
  try {
    return await running;
  } finally {
    signal?.removeEventListener('abort', end);
    // Rather than how it ended.
    signal?.throwIfAborted();
  }
}
