import { Option, type Command } from 'commander';
import { backendNames, type BackendName } from '../contract/doctor.ts';
import { integer } from './arguments.ts';

export interface RuntimeOptions {
  backend?: BackendName | 'auto';
  threads?: number;
  workers?: number;
}

export const backendOption = (): Option =>
  new Option('--backend <name>', 'what computes (default: the best that works here)').choices([
    'auto',
    ...backendNames,
  ]);

/** The options of every command that computes: where, and with how much of the machine. */
export function addRuntimeOptions(command: Command): Command {
  return command
    .addOption(backendOption())
    .option('--threads <n>', 'threads of the native backend (default: all cores)', integer(1, 256))
    .option('--workers <n>', 'worker threads that decode and augment (default: 1)', integer(1, 64));
}

export const runtimeOf = ({ backend, threads, workers }: RuntimeOptions): RuntimeOptions => ({
  ...(backend && { backend }),
  ...(threads !== undefined && { threads }),
  ...(workers !== undefined && { workers }),
});
