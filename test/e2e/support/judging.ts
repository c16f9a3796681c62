import type { Page } from '@playwright/test';
import type { Judgement } from '../../../electron/contract/judgement.ts';
import type { Mask } from '../../../electron/contract/services.ts';
import { expect, type Studio } from './studio.ts';

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

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

/** What the table must show of a judgement. */
function scoresOf({ models }: Judgement): Record<string, string[]> {
  const roles = (['teacher', 'student', 'baseline'] as const).flatMap((role) => models[role] ?? []);
  const row = (show: (scores: (typeof roles)[number]['scores']) => string) =>
    roles.map(({ scores }) => show(scores));
  return {
    accuracy: row(({ accuracy }) => percent(accuracy)),
    top5: row(({ top5 }) => percent(top5)),
    f1Weighted: row(({ f1Weighted }) => percent(f1Weighted)),
    f1Macro: row(({ f1Macro }) => percent(f1Macro)),
    logLoss: row(({ logLoss }) => logLoss.toFixed(4)),
    ece: row(({ ece }) => percent(ece)),
  };
}

/** Waits until the page shows what the engine itself says of the run under a mask; gives that. */
export async function expectJudged(
  page: Page,
  { engine }: Studio,
  run: string,
  mask: Partial<Mask>,
): Promise<Judgement> {
  const judgement = await engine.runs.judge({ folder: run, mask });
  await expect(page.getByTestId('judgement')).toHaveAttribute('aria-busy', 'false');
  await expect
    .poll(async () => Object.values(await shownScores(page)))
    .toEqual(Object.values(scoresOf(judgement)));
  await expect(page.getByTestId('class-table').locator('tbody tr')).toHaveCount(
    judgement.mask.classes.length,
  );
  await expect(page.getByTestId('verdict')).toContainText(judgement.comparison.sentence);
  return judgement;
}
