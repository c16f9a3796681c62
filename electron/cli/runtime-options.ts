import { Option, type Command } from 'commander';
import { backendNames, type BackendName } from '../contract/doctor.ts';
import { traceModes, type TraceMode } from '../contract/runtime.ts';
import { integer } from './arguments.ts';

export interface RuntimeOptions {
  backend?: BackendName | 'auto';
  threads?: number;
  workers?: number;
  memory?: number;
  trace?: TraceMode;
}

export const backendOption = (): Option =>
  new Option('--backend <name>', 'the backend that computes (default: the best that works here)').choices([
    'auto',
    ...backendNames,
  ]);

/** The options of every command that computes: where, and with how much of the machine. */
export function addRuntimeOptions(command: Command): Command {
  return command
    .addOption(backendOption())
    .option('--threads <n>', 'threads of the native backend (default: all cores)', integer(1, 256))
    .option('--workers <n>', 'worker threads that decode and augment (default: 1)', integer(1, 64))
    .option(
      '--memory <MiB>',
      "decoded images kept in memory; the rest go to a file (default: a quarter of the machine's memory)",
      integer(0, 1_048_576),
    )
    .addOption(
      new Option(
        '--trace <mode>',
        'replay a training step as one graph (default: auto, where the backend supports it)',
      ).choices(traceModes),
    );
}

export const runtimeOf = ({ backend, threads, workers, memory, trace }: RuntimeOptions): RuntimeOptions => ({
  ...(backend && { backend }),
  ...(threads !== undefined && { threads }),
  ...(workers !== undefined && { workers }),
  ...(memory !== undefined && { memory }),
  ...(trace && { trace }),
});
