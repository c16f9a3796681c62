import path from 'node:path';
import { Option, type Command } from 'commander';
import type { Session } from './session.ts';

export interface TeacherLogitsOptions {
  keepLogits?: boolean;
  logitsFolder?: string;
  cache?: string;
}

/** The options of the commands that train a student. Earlier versions called them --stored-answers and --cache. */
export function addTeacherLogits(command: Command): Command {
  return command
    .option(
      '--keep-logits',
      "keep the teacher's logits for later runs, and use those of earlier runs with the same teacher, data and augmentation",
    )
    .addOption(
      new Option(
        '--logits-folder <folder>',
        'where the logits are kept (default: "cache" beside the runs); implies --keep-logits',
      ).implies({ keepLogits: true }),
    )
    .addOption(new Option('--stored-answers').hideHelp().implies({ keepLogits: true }))
    .addOption(new Option('--cache <folder>').hideHelp().implies({ keepLogits: true }));
}

/** The folder in which runs in `out` keep teacher logits; null: they keep none. */
export function logitsFolderOf(
  { keepLogits, logitsFolder, cache }: TeacherLogitsOptions,
  out: string,
  session: Session,
): string | null {
  if (!keepLogits) return null;
  const folder = logitsFolder ?? cache;
  return folder === undefined ? path.join(out, 'cache') : session.resolve(folder);
}
