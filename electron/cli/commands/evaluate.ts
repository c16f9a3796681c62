import type { Command } from 'commander';
import { DistillError } from '../../contract/errors.ts';
import type { FileEvaluation } from '../../contract/exported.ts';
import { type Role, roles } from '../../contract/run.ts';
import type { Scores } from '../../contract/result.ts';
import type { Evaluation } from '../../contract/evaluation.ts';
import type { Mask } from '../../contract/mask.ts';
import type { ExpectedShares } from '../../contract/unseen.ts';
import { parseClasses, parseIntegers, parseShare, parseShares } from '../arguments.ts';
import { phaseProgress } from '../call-phases.ts';
import { counted, latency, percent, table } from '../format.ts';
import { addHintOptions, type HintOptions, hintsOf, refuseHints } from '../hint-options.ts';
import { isNetworkFile, networkText } from '../network-file.ts';
import { addRuntimeOptions, runtimeOf, type RuntimeOptions } from '../runtime-options.ts';
import { scoresText, ttaText, unseenText } from '../scores-text.ts';
import type { Session } from '../session.ts';

interface Options extends RuntimeOptions, HintOptions {
  data?: string;
  classes: Mask['classes'];
  invert?: boolean;
  tta?: number[];
  beta?: number;
  expected?: ExpectedShares;
  unlabelled?: string[];
  featureMaps?: boolean;
}

export function defineEvaluate(program: Command, session: Session): void {
  const command = program
    .command('evaluate')
    .description("evaluates a run's models, or an exported network, on all or some classes of test images")
    .argument('<run>', 'run folder, or an exported network: a file, or a folder with one')
    .option(
      '--data <path>',
      "for a run: new images in folders named after its classes, all of which are evaluated; for a file: any dataset's test images",
    )
    .option('--classes <list>', 'which classes count: all, seen, unseen, or e.g. 0-9,14', parseClasses, 'all')
    .option('--invert', 'all classes but those')
    .option('--tta <counts>', 'average over augmented copies, e.g. 0,5,10', parseIntegers)
    .option(
      '--beta <share>',
      "weight of the plain image beside its copies (default: the recipe's)",
      parseShare,
    );
  command.option(
    '--expected <shares>',
    "where the student was not trained on all classes: the share of each by which biases are corrected: teacher, uniform, or one number a class, e.g. 120,80,40 (default: the recipe's)",
    parseShares,
  );
  command.option(
    '--unlabelled <path...>',
    'folders or zips of images without labels by which biases are corrected, in place of halves of the test images',
  );
  command.option('--feature-maps', 'for an ONNX file: lists what it offers as stages of a teacher instead');
  addRuntimeOptions(addHintOptions(command))
    .addHelpText(
      'after',
      '\nExamples:\n  $ distill-studio evaluate runs/gtsrb-32 --classes unseen --tta 0,5,10 --beta 0.1\n  $ distill-studio evaluate student.onnx --data GTSRB\n',
    )
    .action(async (run: string, options: Options) => {
      if (isNetworkFile(session.resolve(run))) return evaluateFile(run, options, session);
      refuseHints(options, run);
      if (options.featureMaps)
        throw new DistillError(
          'INVALID_INPUT',
          `"${run}" is a run, whose networks name their stages themselves.`,
          'Give an ONNX file, or leave out --feature-maps.',
        );
      const { output, signal } = session;
      const client = await session.engine();
      const input = {
        folder: session.resolve(run),
        data: options.data === undefined ? null : session.resolve(options.data),
        mask: { classes: options.classes, invert: options.invert ?? false },
        tta: options.tta ?? [],
        beta: options.beta ?? null,
        expected: options.expected ?? null,
        unlabelled: options.unlabelled?.map((one) => session.resolve(one)) ?? null,
        runtime: runtimeOf(options),
      };
      const evaluation = await client.runs.evaluate(input, {
        signal,
        onProgress: output.progress('evaluating'),
      });
      output.result('evaluate', evaluation, evaluationText(evaluation));
    });
}

async function listMaps(file: string, options: Options, session: Session): Promise<void> {
  const { output, signal } = session;
  const client = await session.engine();
  const input = { file: session.resolve(file), hints: await hintsOf(options, session) };
  const maps = await client.exported.featureMaps(input, { signal });
  const rows = maps.map(({ tensor, shape }) => [tensor, ...shape.map(String)]);
  output.result('evaluate', maps, table([['tensor', 'height', 'width', 'channels'], ...rows], 'lrrr'));
}

async function evaluateFile(file: string, options: Options, session: Session): Promise<void> {
  const { output, signal } = session;
  if (options.featureMaps) return listMaps(file, options, session);
  if (options.data === undefined)
    throw new DistillError(
      'INVALID_INPUT',
      `"${file}" is a network without data.`,
      'Give labelled images with --data.',
    );
  if (options.tta ?? options.beta ?? options.expected ?? options.unlabelled)
    throw new DistillError(
      'INVALID_INPUT',
      'Exported networks are evaluated without augmented copies or corrected biases.',
      'Leave out --tta, --beta, --expected and --unlabelled.',
    );
  const client = await session.engine();
  const input = {
    file: session.resolve(file),
    hints: await hintsOf(options, session),
    data: session.resolve(options.data),
    mask: { classes: options.classes, invert: options.invert ?? false },
    runtime: runtimeOf(options),
  };
  const onProgress = phaseProgress(output, 'check');
  const evaluation = await client.exported.evaluate(input, { signal, onProgress });
  output.result('evaluate', evaluation, fileText(evaluation));
}

function fileText({ network, mask, vocabulary, scores, latency: measured, notes }: FileEvaluation): string {
  return [
    networkText(network),
    ...notes,
    `${counted(mask.classes.length, 'class', 'classes')}: ${shortList(mask.names)}`,
    '',
    scoresText({ student: scores }, vocabulary).split('\n').slice(1).join('\n'),
    `Latency, one image: ${latency(measured)}`,
  ].join('\n');
}

/** A long list by its beginning: the whole is in --json. */
function shortList(names: readonly string[], most = 8): string {
  if (names.length <= most + 1) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

function evaluationText({ mask, vocabulary, models, comparison, unseen, tta, notes }: Evaluation): string {
  const scores: Partial<Record<Role, Scores>> = {};
  for (const role of roles) {
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
    ...(unseen ? unseenText(unseen) : []),
    ...ttaText(tta),
  ].join('\n');
}
