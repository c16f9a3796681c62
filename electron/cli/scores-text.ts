import type { ModelResult, RunResult, Scores, TtaRow } from '../contract/result.ts';
import { type Role, roles } from '../contract/run.ts';
import { latencyOf } from '../contract/latency.ts';
import { hasTop5 } from '../contract/scores.ts';
import type { UnseenEvaluation } from '../contract/unseen.ts';
import { correctionSentence, unseenHeadings, unseenRows } from '../contract/unseen-words.ts';
import { resultFindings } from '../contract/result-findings.ts';
import { bytes, duration, latency, milliseconds, orDash, percent, quantity, table } from './format.ts';

type Line<Value> = [label: string, text: (value: Value) => string];

const scoreLines = (classes: number): Line<Scores>[] => [
  ['accuracy', ({ accuracy }) => percent(accuracy)],
  ...(hasTop5(classes) ? [['top-5', ({ top5 }) => percent(top5)] satisfies Line<Scores>] : []),
  ['F1 macro', ({ f1Macro }) => percent(f1Macro)],
  ['F1 weighted', ({ f1Weighted }) => percent(f1Weighted)],
  ['log loss', ({ logLoss }) => logLoss.toFixed(4)],
  ['calibration error', ({ ece }) => ece.toFixed(4)],
];

const modelLines: Line<ModelResult>[] = [
  ['parameters', ({ parameters }) => quantity(parameters)],
  ['MACs per image', ({ macs }) => quantity(macs)],
  ['file size', (model) => bytes(model.bytes)],
  ['latency, one image', (model) => latency(latencyOf(model))],
  ['training time', ({ trainingSeconds }) => orDash(trainingSeconds, duration)],
];

/** Models as columns, figures as rows: fits 80 characters whatever is added. */
function columns<Value>(
  models: Partial<Record<Role, Value | null>>,
  lines: readonly Line<Value>[],
): string[][] {
  const present = roles.flatMap((role) => models[role] ?? []);
  return lines.map(([label, text]) => [label, ...present.map(text)]);
}

const header = (models: Partial<Record<Role, unknown>>): string[] => [
  '',
  ...roles.filter((role) => models[role]),
];

/** The final comparison of a run. */
export function comparisonText(result: RunResult): string {
  const { classes, models, comparison, tta } = result;
  const findings = resultFindings(result).map(({ message, hint }) => `${message} ${hint}`);
  const outside = (part: 'seen' | 'unseen'): Line<ModelResult>[] =>
    models.student[part] === null
      ? []
      : [[`accuracy, ${part} classes`, (model) => orDash(model[part], ({ accuracy }) => percent(accuracy))]];
  const rows = [
    header(models),
    ...columns(models, [['architecture', ({ architecture }) => architecture], ...modelLines]),
    ...columns(
      models,
      scoreLines(classes.length).map(([label, text]): Line<ModelResult> => [label, ({ test }) => text(test)]),
    ),
    ...columns(models, [...outside('seen'), ...outside('unseen')]),
  ];
  const agreement = `Student and teacher agree on ${percent(comparison.agreement)} of ${models.teacher.test.n} test images.`;
  return [
    table(rows, 'lr'),
    '',
    comparison.sentence,
    agreement,
    ...findings,
    ...(result.unseen ? unseenText(result.unseen) : []),
    ...ttaText(tta),
  ].join('\n');
}

/** Scores alone, as an evaluation gives them. */
export function scoresText(scores: Partial<Record<Role, Scores>>, classes: number): string {
  return table(
    [header(scores), ...columns(scores, [['images', ({ n }) => String(n)], ...scoreLines(classes)])],
    'lr',
  );
}

/** Test-time augmentation: score and cost for each count. */
export function ttaText(rows: readonly TtaRow[]): string[] {
  if (rows.length === 0) return [];
  const head = ['augmented copies', 'model', 'accuracy', 'F1 weighted', 'log loss', 'per image'];
  const body = rows.map((row) => [
    `${row.count} (beta ${row.beta})`,
    row.role,
    percent(row.accuracy),
    percent(row.f1Weighted),
    row.logLoss.toFixed(4),
    milliseconds(row.msPerImage),
  ]);
  return ['', 'Test-time augmentation', table([head, ...body], 'llr')];
}

/** Classes that the student was not trained on: three ways to evaluate each model, and how its biases were corrected. */
export function unseenText(evaluation: UnseenEvaluation): string[] {
  const rows = roles.flatMap((role) => {
    const model = evaluation.models[role];
    if (!model) return [];
    return unseenRows(model).map(({ label, accuracies }) => [
      role,
      label.toLowerCase(),
      ...accuracies.map((share) => orDash(share, percent)),
    ]);
  });
  const head = ['accuracy', '', ...unseenHeadings.map((heading) => heading.toLowerCase())];
  return ['', 'Unseen classes', table([head, ...rows], 'llrrrr'), correctionSentence(evaluation)];
}
