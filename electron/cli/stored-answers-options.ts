import path from 'node:path';
import { Option, type Command } from 'commander';
import type { Session } from './session.ts';

export interface StoredAnswersOptions {
  storedAnswers?: boolean;
  cache?: string;
}

/** The options of the commands that train a student. */
export function addStoredAnswers(command: Command): Command {
  return command
    .option(
      '--stored-answers',
      "keep the teacher's answers for later runs, and use those of earlier ones with the same teacher, data and augmentation",
    )
    .addOption(
      new Option('--cache <folder>', 'where they are kept (default: "cache" beside the runs)').implies({
        storedAnswers: true,
      }),
    );
}

/** The folder of stored answers for runs in `out`; null: none are wanted. */
export const storedAnswersOf = (
  { storedAnswers, cache }: StoredAnswersOptions,
  out: string,
  session: Session,
): string | null =>
  storedAnswers ? (cache === undefined ? path.join(out, 'cache') : session.resolve(cache)) : null;
