import { execFile, type ExecFileOptions } from 'node:child_process';

export interface ProgramOptions extends Pick<ExecFileOptions, 'cwd' | 'env' | 'timeout' | 'maxBuffer'> {
  signal?: AbortSignal | undefined;
}

/**
 * Runs a program to its end; gives what it printed. Rejects where it cannot be started, fails or takes longer than `timeout`
 * milliseconds, and with the signal's reason once that is aborted. The signal is not given to execFile: of a program that is missing,
 * it would signal a process of an arbitrary number, at times 0, which is this process's own group.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  { signal, ...options }: ProgramOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal!.reason as Error);
    if (signal?.aborted) {
      aborted();
      return;
    }
    const child = execFile(program, args, { ...options, encoding: 'utf8' }, (error, stdout, stderr) => {
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) aborted();
      else if (error) reject(error as Error);
      else resolve({ stdout, stderr });
    });
    const end = (): void => {
      if (child.pid !== undefined) child.kill();
    };
    signal?.addEventListener('abort', end, { once: true });
  });
}
