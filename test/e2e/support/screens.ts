import type { Page } from '@playwright/test';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import { answerSweeps, atWork, drawnFolder, drawnSweep } from './drawn-sweep.ts';
import { haltWorkers } from './processes.ts';
import { smallRecipe } from './recipe.ts';
import { shownPoints } from './run-screen.ts';
import { sampleFolder, testImages } from './shared.ts';
import { expect, open, type SharedStudio } from './studio.ts';
import { runAugmentation } from './taking-home.ts';

/** Takes down what is to be done when a screen has been looked at. */
type AtEnd = (end: () => unknown) => void;

export interface Screen {
  name: string;
  /** Shows it; returns when everything on it is there. */
  show: (page: Page, studio: SharedStudio, atEnd: AtEnd) => Promise<void>;
  /** Whether the manual shows it. */
  isPictured: boolean;
}

/** A draft of the small recipe over the drawn sample. */
async function draftOf({ engine }: SharedStudio, step: string): Promise<string> {
  const recipe = smallRecipe({ name: 'Signs for screens' });
  const data = sampleFolder();
  const [known] = await engine.recipes.drafts({});
  const id = known?.id ?? null;
  const saved = await engine.recipes.saveDraft({
    id,
    recipe: { ...recipe, data: { ...recipe.data, path: data } },
    data,
    step,
  });
  return saved.id;
}

const wizard = (name: string, ready: (page: Page) => Promise<void>): Screen => ({
  name: `wizard-${name}`,
  isPictured: true,
  async show(page, studio) {
    const draft = await draftOf(studio, name);
    await open(page, studio, `/new/${name}`, { draft });
    await expect(page.getByTestId(`wizard-${name}`)).toBeVisible();
    await ready(page);
  },
});

const ofRun = (name: string, ready: (page: Page) => Promise<void>): Screen => ({
  name,
  isPictured: true,
  async show(page, studio) {
    await open(page, studio, `/${name}`, { folder: studio.run });
    await ready(page);
  },
});

const shown = (testId: string) => async (page: Page) =>
  expect(page.getByTestId(testId).first()).toBeVisible();

/** A screen in a state that is not worth a picture, but must be as usable. */
const state = (name: string, show: Screen['show']): Screen => ({ name, show, isPictured: false });

const dialog = (page: Page) => expect(page.getByRole('dialog')).toBeVisible();

async function showLibrary(page: Page, studio: SharedStudio): Promise<void> {
  await open(page, studio, '/library');
  await expect(page.getByTestId('run-row').first()).toBeVisible();
}

/** A run at work. */
async function showLiveRun(page: Page, studio: SharedStudio, atEnd: AtEnd): Promise<void> {
  const { engine, runs: out } = studio;
  const recipe = recipeSchema.parse(smallRecipe({ name: 'Signs live', epochs: 200 }));
  const { folder } = await engine.runs.start({ recipe, data: sampleFolder(), out, runtime: { threads: 1 } });
  await open(page, studio, '/run', { folder });
  await expect.poll(() => shownPoints(page), { timeout: 60_000 }).toBeGreaterThan(12);
  await expect(page.getByTestId('run-eta')).toContainText('left');
  const goOn = haltWorkers(studio, 'run');
  atEnd(async () => {
    goOn();
    await engine.runs.stop({ folder, mode: 'cancel' });
    await engine.runs.wait({ folder });
    await engine.runs.trash({ folder });
  });
}

async function showEvaluation(page: Page, studio: SharedStudio): Promise<void> {
  await open(page, studio, '/evaluation', { folder: studio.run });
  await expect(page.getByTestId('evaluation')).toBeVisible();
}

/** A drawn sweep at work, of which so many runs have completed. */
async function showDrawnSweep(page: Page, studio: SharedStudio, done: number): Promise<void> {
  const drawn = atWork(drawnSweep(60), done);
  await answerSweeps(page, { status: () => drawn.status, table: () => drawn.table });
  await open(page, studio, '/sweep', { sweep: drawnFolder });
  await expect(page.getByTestId('member-row').first()).toBeVisible();
}

/** Every screen of the program, with what can be opened on it. */
export const screens: readonly Screen[] = [
  { name: 'library', isPictured: true, show: showLibrary },
  state('library-trash', async (page, studio) => {
    await showLibrary(page, studio);
    await page.getByTestId('open-trash').click();
    await dialog(page);
  }),
  state('help', async (page, studio) => {
    await showLibrary(page, studio);
    await page.keyboard.press('?');
    await expect(page.getByTestId('help-view')).toBeVisible();
  }),
  wizard('data', async (page) => {
    await shown('import-report')(page);
    await shown('split-totals')(page);
    await expect(page.getByTestId('image-grid').locator('img').first()).toBeVisible();
  }),
  state('wizard-fault', async (page, studio) => {
    await open(page, studio, '/new', { fresh: '1' });
    const dataset = page.getByRole('textbox', { name: 'Dataset', exact: true });
    await dataset.fill('/nowhere');
    await dataset.press('Enter');
    await expect(page.getByTestId('error-panel')).toBeVisible();
  }),
  state('file-picker', async (page, studio) => {
    await open(page, studio, '/new', { fresh: '1' });
    await page.getByRole('button', { name: 'Browse for Dataset' }).click();
    await dialog(page);
  }),
  wizard('teacher', async (page) => {
    await expect(page.getByTestId('model-figures')).toContainText(/Parameters\s*[\d.]+K/);
  }),
  wizard('student', async (page) => {
    await expect(page.getByTestId('architectures')).toContainText(/× (smaller|larger)/);
    await shown('freezing-plan')(page);
  }),
  wizard('training', async (page) => {
    await shown('temperature-slider')(page);
    await expect(page.getByTestId('estimate')).toContainText('images/s', { timeout: 60_000 });
  }),
  wizard('review', async (page) => {
    await shown('plain-words')(page);
    await shown('estimate')(page);
  }),
  { name: 'run-live', isPictured: true, show: showLiveRun },
  ofRun('run', async (page) => {
    await expect(page.getByTestId('probe').first()).toBeVisible();
  }),
  state('run-table', async (page, studio) => {
    await open(page, studio, '/run', { folder: studio.run });
    await page.getByRole('button', { name: 'Show Label loss as a table' }).click();
    await expect(page.getByTestId('chart-label-loss').locator('tbody tr').first()).toBeVisible();
  }),
  {
    name: 'evaluation',
    isPictured: true,
    async show(page, studio) {
      await showEvaluation(page, studio);
      await runAugmentation(page, studio, studio.run, [0, 2, 4]);
      await expect(page.getByTestId('tta').locator('canvas')).toBeVisible();
      await page.getByRole('heading', { name: 'Evaluation', exact: true }).scrollIntoViewIfNeeded();
    },
  },
  state('evaluation-at-work', async (page, studio, atEnd) => {
    await showEvaluation(page, studio);
    await page.getByTestId('tta-counts').fill('64');
    await page.getByTestId('tta-run').click();
    await expect(page.getByTestId('task-progress')).toContainText('left', { timeout: 60_000 });
    atEnd(haltWorkers(studio, 'own'));
  }),
  state('evaluation-mask', async (page, studio) => {
    await showEvaluation(page, studio);
    await page.getByTestId('mask-choose').click();
    await expect(page.getByRole('checkbox').nth(3)).toBeVisible();
  }),
  state('evaluation-confused', async (page, studio) => {
    await showEvaluation(page, studio);
    await page.getByTestId('confused-pair').first().click();
    await expect(page.getByTestId('confused-images').locator('img').first()).toBeVisible();
  }),
  ofRun('try', async (page) => {
    await page.getByTestId('image-input').setInputFiles(testImages(2));
    await expect(page.getByTestId('predictions').getByRole('article')).toHaveCount(2, { timeout: 60_000 });
  }),
  ofRun('export', async (page) => {
    for (const format of ['pytorch', 'onnx', 'tflite', 'bundle'])
      await page.getByTestId(`format-${format}`).click();
    await page.getByTestId('export').click();
    await expect(page.getByTestId('exported')).toBeVisible({ timeout: 120_000 });
    await expect(page.getByTestId('made-row')).toHaveCount(2);
    await expect(page.getByTestId('snippet-code')).toContainText('from load import');
  }),
  state('export-options', async (page, studio) => {
    await open(page, studio, '/export', { folder: studio.run });
    await page.getByTestId('export-options').locator('summary').click();
    await page.getByTestId('networks').locator('summary').click();
    await expect(page.getByTestId('export-check')).toBeVisible();
    await expect(page.getByTestId('role-teacher')).toBeVisible();
  }),
  {
    name: 'settings',
    isPictured: true,
    async show(page, studio) {
      await open(page, studio, '/settings');
      await expect(page.getByTestId('doctor')).toContainText('in use', { timeout: 60_000 });
      await expect(page.getByTestId('storage')).toContainText(/\d [KMG]?B/, { timeout: 60_000 });
    },
  },
  {
    name: 'sweep',
    isPictured: true,
    async show(page, studio) {
      await open(page, studio, '/sweep', { sweep: studio.sweep });
      await expect(page.getByTestId('setting-row').first()).toBeVisible();
      await expect(page.getByTestId('sweep-effects').locator('canvas')).toBeVisible();
    },
  },
  state('sweep-at-work', (page, studio) => showDrawnSweep(page, studio, 20)),
  state('sweep-begun', (page, studio) => showDrawnSweep(page, studio, 0)),
  {
    name: 'compare',
    isPictured: true,
    async show(page, studio) {
      await open(page, studio, '/compare', { folders: [studio.run, studio.again] });
      await expect(page.getByTestId('compare-view').getByRole('table')).toHaveCount(2);
    },
  },
];

export const themes = ['light', 'dark'] as const;

/** Everything that moves or still loads has come to rest. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(300);
  await painted(page);
}

/** Waits until what a change of style set in motion has come to rest. */
export async function painted(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frames = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
    };
    // On a busy machine a transition begins some frames after its cause. A bar that runs to and fro never ends, and those of a run
    // at work begin over and over.
    for (let round = 0, quiet = 0; quiet < 2 && round < 6; round++) {
      await frames(6);
      const transitions = document.getAnimations().filter((one) => one instanceof CSSTransition);
      quiet = transitions.length > 0 ? 0 : quiet + 1;
      await Promise.allSettled(transitions.map(({ finished }) => finished));
    }
  });
}
