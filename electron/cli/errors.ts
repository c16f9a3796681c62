import { CommanderError } from 'commander';
import type { ErrorCode } from '../contract/error-codes.ts';
import { DistillError, toErrorValue } from '../contract/errors.ts';

export const exitCodes = { done: 0, failed: 1, wrongUse: 2, stopped: 130 } as const;

/** What is printed of an error, and the exit code. */
export interface Ending {
  exitCode: number;
  /** null where nothing is printed: --help and --version. */
  error: { code: ErrorCode; message: string; hint: string } | null;
}

/** How the program ends after `thrown`. `command` is the command that was asked for, for the hint on its usage. */
export function endingOf(thrown: unknown, command: string | undefined): Ending {
  if (thrown instanceof CommanderError) return endingOfUsage(thrown, command);
  const { code, message, hint } = toErrorValue(thrown);
  if (code === 'CANCELLED') return { exitCode: exitCodes.stopped, error: { code, message, hint } };
  const exitCode =
    thrown instanceof DistillError && code === 'INVALID_INPUT' ? exitCodes.wrongUse : exitCodes.failed;
  const fault = 'This is a fault of the program: run it again with --verbose and report what it prints.';
  return { exitCode, error: { code, message, hint: hint || (code === 'INTERNAL' ? fault : '') } };
}

function endingOfUsage(thrown: CommanderError, command: string | undefined): Ending {
  if (thrown.exitCode === 0) return { exitCode: exitCodes.done, error: null };
  const [message, ...rest] = thrown.message.replace(/^error: /, '').split('\n');
  const help = `See "distill-studio ${command === undefined ? '' : `${command} `}--help".`;
  const hint = [...rest.map((line) => line.replace(/^\((.*)\)$/, '$1')), help].join(' ');
  // Without any command commander shows the whole help, and its own message is a placeholder.
  const text = thrown.code === 'commander.help' ? 'No command was given.' : (message ?? '');
  return { exitCode: exitCodes.wrongUse, error: { code: 'INVALID_INPUT', message: text, hint } };
}
