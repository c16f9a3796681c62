import type { Runtime } from '../../../electron/contract/runtime.ts';
import { shellWord } from '../../../electron/contract/shell-word.ts';

export interface CommandParts {
  recipeFile: string;
  data: string | null;
  out: string;
  /** Where the teacher's logits are kept; null: nowhere. */
  logitsFolder: string | null;
  runtime: Runtime;
}

/** The command that does in a terminal what Start does here. */
export function cliCommand({ recipeFile, data, out, logitsFolder, runtime }: CommandParts): string {
  const { backend, threads, workers, memory, trace } = runtime;
  return [
    'distill-studio run',
    shellWord(recipeFile),
    ...(data === null ? [] : ['--data', shellWord(data)]),
    ...['--out', shellWord(out)],
    ...(logitsFolder === null ? [] : ['--logits-folder', shellWord(logitsFolder)]),
    ...(backend === 'auto' ? [] : ['--backend', backend]),
    ...(threads === null ? [] : ['--threads', String(threads)]),
    ...(workers === 1 ? [] : ['--workers', String(workers)]),
    ...(memory === null ? [] : ['--memory', String(memory)]),
    ...(trace === 'auto' ? [] : ['--trace', trace]),
  ].join(' ');
}
