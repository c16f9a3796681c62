import { fileURLToPath } from 'node:url';
import { DistillError } from '../../../contract/errors.ts';
import { isSystemError } from '../../../platform/files.ts';
import { workerModule } from '../../../platform/resources.ts';
import type { Installation } from './installation.ts';
import type { LoadedTensorflow } from './register.ts';
import { runProgram } from '../../../platform/run-program.ts';

/** Loads an addon in a process of its own and lets it compute. Throws DistillError with what went wrong there. */
export async function verifyInstallation(
  installation: Installation,
  signal?: AbortSignal,
): Promise<LoadedTensorflow> {
  // Electron's program does not run scripts (the fuse runAsNode is off): started again it would be a second window.
  if (process.versions['electron'] !== undefined)
    throw new DistillError(
      'BACKEND_UNAVAILABLE',
      'The desktop app cannot try the addon in a process of its own.',
      'Run distill-studio engine link in a terminal.',
    );
  const script = fileURLToPath(workerModule('./verify-process', import.meta.url));
  try {
    const { stdout } = await runProgram(process.execPath, [script, JSON.stringify(installation)], {
      timeout: 180_000,
      signal,
    });
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as LoadedTensorflow;
  } catch (cause) {
    if (isSystemError(cause, 'ABORT_ERR')) throw cause;
    throw new DistillError(
      'BACKEND_UNAVAILABLE',
      `The addon was built but does not work: ${reasonOf(cause)}`,
      'The libraries must fit this processor, and those that they need must be on the library path; --verbose shows the full output.',
      { cause },
    );
  }
}

/** The line that names the fault, out of what the process wrote before it ended. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const stderr = 'stderr' in thrown ? String(thrown.stderr) : '';
  const line = stderr.split('\n').find((each) => /\w*Error: /.test(each));
  const signal = 'signal' in thrown && typeof thrown.signal === 'string' ? thrown.signal : null;
  return line?.trim() ?? (signal ? `the process was ended by ${signal}.` : thrown.message.split('\n')[0]!);
}
