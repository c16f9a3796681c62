import { recipeSchema } from '../../electron/contract/recipe.ts';
import { enginePid } from './support/processes.ts';
import { smallRecipe } from './support/recipe.ts';
import { expectCompleted, showRun, shownPoints } from './support/run-screen.ts';
import { sampleFolder } from './support/shared.ts';
import { connectEngine, expect, startStudio, stopStudio, test } from './support/studio.ts';

/** Enough to be at work still when it is killed. */
const epochs = 8;

test('an engine that is killed in the middle of a run is missed, replaced, and the run resumed and completed', async ({
  page,
}) => {
  // A whole run, on a machine that does other things as well.
  test.slow();
  const studio = await startStudio();
  try {
    const { folder: run } = await studio.engine.runs.start({
      recipe: recipeSchema.parse(smallRecipe({ name: 'Killed', epochs })),
      data: sampleFolder(),
      runtime: { threads: 1 },
      out: studio.runs,
    });
    await showRun(page, studio, run);
    const state = page.getByTestId('run-state');
    await expect.poll(() => shownPoints(page), { timeout: 60_000 }).toBeGreaterThan(8);
    await expect(state).toHaveAttribute('data-state', 'running');
    const before = await shownPoints(page);

    const killed = enginePid(studio);
    process.kill(killed, 'SIGKILL');
    await expect(page.getByTestId('engine-lost')).toContainText('The engine stopped during this run.');
    await expect(page.getByTestId('engine-state')).toHaveAttribute('data-state', 'restarting');
    // What was there stays there.
    expect(await shownPoints(page)).toBeGreaterThanOrEqual(before);

    await expect(page.getByTestId('engine-state')).toHaveAttribute('data-state', 'up', { timeout: 60_000 });
    expect(enginePid(studio)).not.toBe(killed);
    await expect(page.getByTestId('run-interrupted')).toContainText('The run was interrupted.', {
      timeout: 30_000,
    });
    await expect(state).toHaveAttribute('data-state', 'interrupted');
    // Nothing trains by itself.
    await expect(page.getByTestId('run-progress')).toHaveCount(0);

    await page.getByTestId('resume-run').click();
    await expect(state).toHaveAttribute('data-state', 'running', { timeout: 30_000 });
    await expect(page.getByTestId('open-evaluation')).toBeVisible({ timeout: 480_000 });
    const again = { ...studio, engine: connectEngine(studio) };
    await expectCompleted(page, again, run);
    const { epochs: written } = await again.engine.runs.metrics({ folder: run, maxPoints: 2 });
    const of = (role: string) => written.filter((point) => point.role === role).map(({ epoch }) => epoch);
    const all = Array.from({ length: epochs }, (_, i) => i + 1);
    for (const role of ['teacher', 'student', 'baseline']) expect(of(role)).toEqual(all);
    again.engine.close();
  } finally {
    await stopStudio(studio);
  }
});
