import type { Locator, Page } from '@playwright/test';
import type { RunEvaluation } from '../../../electron/contract/run-evaluation.ts';
import type { Role } from '../../../electron/contract/run.ts';
import type { TtaRow } from '../../../electron/contract/result.ts';
import { hasTop5 } from '../../../electron/contract/scores.ts';
import type { Mask } from '../../../electron/contract/mask.ts';
import { expect, type Studio } from './studio.ts';

const percent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)} %`;
const whole = (count: number): string => count.toLocaleString('en');
const roles: readonly Role[] = ['teacher', 'student', 'baseline'];
const nameOf: Record<Role, string> = { teacher: 'Teacher', student: 'Student', baseline: 'Baseline' };
/** Rows that a chart's table shows at once. */
const mostRows = 500;

/** The table of scores as a person reads it. */
async function shownScores(page: Page): Promise<Record<string, string[]>> {
  const rows = page.getByTestId('scores').locator('tbody tr');
  const entries = await Promise.all(
    (await rows.all()).map(async (row) => {
      const name = await row.locator('th').innerText();
      return [name, await row.locator('td').allInnerTexts()] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/** What the table must show of an evaluation. */
function scoresOf({ models, classes }: RunEvaluation): Record<string, string[]> {
  const roles = (['teacher', 'student', 'baseline'] as const).flatMap((role) => models[role] ?? []);
  const row = (show: (scores: (typeof roles)[number]['scores']) => string) =>
    roles.map(({ scores }) => show(scores));
  return {
    accuracy: row(({ accuracy }) => percent(accuracy)),
    ...(hasTop5(classes.length) && { top5: row(({ top5 }) => percent(top5)) }),
    f1Weighted: row(({ f1Weighted }) => percent(f1Weighted)),
    f1Macro: row(({ f1Macro }) => percent(f1Macro)),
    logLoss: row(({ logLoss }) => logLoss.toFixed(4)),
    ece: row(({ ece }) => percent(ece)),
  };
}

/** A table's body as a person reads it, row by row. */
const cellsOf = (table: Locator): Promise<string[][]> =>
  table
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.children].map((cell) => (cell as HTMLElement).innerText.trim())),
    );

/** The table behind a chart. The chart is shown again afterwards. */
export async function chartTable(page: Page, title: string): Promise<string[][]> {
  const frame = page.getByRole('region', { name: title, exact: true });
  await frame.getByRole('button', { name: `Show ${title} as a table` }).click();
  const cells = await cellsOf(frame.getByRole('table'));
  await frame.getByRole('button', { name: `Show ${title} as a chart` }).click();
  return cells;
}

/** Images, every model's F1 and the gain of each class, as the table of classes must show them. */
function classFigures({ models, mask, classes }: RunEvaluation): string[][] {
  const shown = roles.filter((role) => models[role] !== undefined);
  return mask.classes
    .toSorted((a, b) => a - b)
    .map((id) => {
      const scores = (role: Role) => models[role]!.perClass.find((one) => one.id === id)!;
      const { name, seen } = classes.find((one) => one.id === id)!;
      const gain = models.baseline ? 100 * (scores('student').f1 - scores('baseline').f1) : 0;
      const points = Math.abs(gain).toFixed(1);
      const sign = Number(points) === 0 ? '±' : gain > 0 ? '+' : '−';
      return [
        `${id}${name}${seen ? '' : 'unseen'}`,
        whole(scores(shown[0]!).support),
        ...shown.flatMap((role) => {
          const { precision, recall, f1 } = scores(role);
          return [precision, recall, f1].map((share) => percent(share, 1));
        }),
        ...(models.baseline ? [`${sign}${points}`] : []),
      ];
    });
}

/** The cells of a model's confusion matrix that hold images, row by row. */
export function confusionCells({ models, mask, classes }: RunEvaluation, role: Role) {
  return mask.classes.flatMap((label, row) => {
    const counts = models[role]!.confusion[row]!;
    const total = counts.reduce((sum, count) => sum + count, 0);
    return [...classes.keys()]
      .filter((predicted) => counts[predicted]! > 0)
      .map((predicted) => ({
        label,
        predicted,
        count: counts[predicted]!,
        share: counts[predicted]! / total,
      }));
  });
}

function confusionRows(evaluation: RunEvaluation, role: Role): string[][] {
  const name = (id: number) => evaluation.classes.find((one) => one.id === id)!.name;
  return confusionCells(evaluation, role).map(({ label, predicted, count, share }) => [
    ...[String(label), name(label), String(predicted), name(predicted)],
    ...[whole(count), percent(share, 1)],
  ]);
}

const reliabilityRows = ({ models }: RunEvaluation): string[][] =>
  roles.flatMap((role) =>
    (models[role]?.reliability ?? []).map(({ from, to, n, confidence, accuracy }) => [
      ...[nameOf[role], percent(from, 1), percent(to, 1), whole(n)],
      ...[confidence, accuracy].map((share) => (share === null ? '–' : percent(share, 1))),
    ]),
  );

/** Rows of test-time augmentation as their table must show them. */
export const ttaCells = (rows: readonly TtaRow[]): string[][] =>
  rows.map(({ role, count, beta, accuracy, f1Weighted, logLoss, msPerImage }) => [
    ...[nameOf[role], String(count), String(beta), percent(accuracy), percent(f1Weighted)],
    ...[logLoss.toFixed(4), msPerImage.toFixed(2)],
  ]);

/** Waits until the page shows what the engine itself computes for the run under a mask, in every part of it; gives that. */
export async function expectEvaluated(
  page: Page,
  { engine }: Studio,
  run: string,
  mask: Partial<Mask>,
): Promise<RunEvaluation> {
  const evaluation = await engine.runs.evaluation({ folder: run, mask });
  await expect(page.getByTestId('evaluation')).toHaveAttribute('aria-busy', 'false');
  await expect
    .poll(async () => Object.values(await shownScores(page)))
    .toEqual(Object.values(scoresOf(evaluation)));
  const ofClasses = (await cellsOf(page.getByTestId('class-table'))).map(([name, ...figures]) => [
    name!.replaceAll(/\s+/g, ''),
    ...figures,
  ]);
  expect(ofClasses).toEqual(
    classFigures(evaluation).map(([name, ...figures]) => [name!.replaceAll(/\s+/g, ''), ...figures]),
  );
  const role = evaluation.models.student ? 'student' : 'teacher';
  expect(await chartTable(page, 'Confusion matrix')).toEqual(
    confusionRows(evaluation, role).slice(0, mostRows),
  );
  expect(await chartTable(page, 'Reliability')).toEqual(reliabilityRows(evaluation));
  await expect(page.getByTestId('verdict')).toContainText(evaluation.comparison.sentence);
  return evaluation;
}
