import type { Command } from 'commander';
import type { Role, Scores } from '../../contract/result.ts';
import type { Evaluation, Mask } from '../../contract/services.ts';
import { parseClasses, parseIntegers, parseShare } from '../arguments.ts';
import { counted, percent } from '../format.ts';
import { addRuntimeOptions, runtimeOf, type RuntimeOptions } from '../runtime-options.ts';
import { scoresText, ttaText } from '../scores-text.ts';
import type { Session } from '../session.ts';

interface Options extends RuntimeOptions {
  data?: string;
  classes: Mask['classes'];
  invert?: boolean;
  tta?: number[];
  beta?: number;
}

export function defineEvaluate(program: Command, session: Session): void {
  const command = program
    .command('evaluate')
    .description("judges a run's models on all or some classes of the test images")
    .argument('<run>', 'run folder')
    .option('--data <path>', "new images in folders named after the run's classes, all of which are judged")
    .option('--classes <list>', 'which classes count: all, seen, unseen, or e.g. 0-9,14', parseClasses, 'all')
    .option('--invert', 'all classes but those')
    .option('--tta <counts>', 'average over augmented copies, e.g. 0,5,10', parseIntegers)
    .option(
      '--beta <share>',
      "weight of the plain image beside its copies (default: the recipe's)",
      parseShare,
    );
  addRuntimeOptions(command)
    .addHelpText(
      'after',
      '\nExample:\n  $ distill-studio evaluate runs/gtsrb-32 --classes unseen --tta 0,5,10 --beta 0.1\n',
    )
    .action(async (run: string, options: Options) => {
      const { output, signal } = session;
      const client = await session.engine();
      const input = {
        folder: session.resolve(run),
        data: options.data === undefined ? null : session.resolve(options.data),
        mask: { classes: options.classes, invert: options.invert ?? false },
        tta: options.tta ?? [],
        beta: options.beta ?? null,
        runtime: runtimeOf(options),
      };
      const evaluation = await client.runs.evaluate(input, {
        signal,
        onProgress: output.progress('judging'),
      });
      output.result('evaluate', evaluation, evaluationText(evaluation));
    });
}

/** A long list by its beginning: the whole is in --json. */
function shortList(names: readonly string[], most = 8): string {
  if (names.length <= most + 1) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

function evaluationText({ mask, vocabulary, models, comparison, tta, notes }: Evaluation): string {
  const scores: Partial<Record<Role, Scores>> = {};
  for (const role of ['teacher', 'student', 'baseline'] as const) {
    const model = models[role];
    if (model) scores[role] = model.scores;
  }
  const agreement =
    comparison.agreement === null ? [] : [`Student and teacher agree on ${percent(comparison.agreement)}.`];
  return [
    ...notes,
    `${counted(mask.classes.length, 'class', 'classes')}: ${shortList(mask.names)}`,
    '',
    scoresText(scores, vocabulary),
    '',
    comparison.sentence,
    ...agreement,
    ...ttaText(tta),
  ].join('\n');
}
