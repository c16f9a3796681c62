import type { Page } from '@playwright/test';
import { smallRecipe } from './recipe.ts';
import { sampleFolder, testImages } from './shared.ts';
import { expect, open, type SharedStudio } from './studio.ts';

export interface Screen {
  name: string;
  /** Shows it; returns when everything on it is there. */
  show: (page: Page, studio: SharedStudio) => Promise<void>;
}

/** A draft of the small recipe over the drawn sample. */
async function draftOf({ engine }: SharedStudio, step: number): Promise<string> {
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

const wizard = (name: string, step: number, ready: (page: Page) => Promise<void>): Screen => ({
  name: `wizard-${name}`,
  async show(page, studio) {
    const draft = await draftOf(studio, step);
    await open(page, studio, `/new/${name}`, { draft });
    await expect(page.getByTestId(`wizard-${name}`)).toBeVisible();
    await ready(page);
  },
});

const ofRun = (name: string, ready: (page: Page) => Promise<void>): Screen => ({
  name,
  async show(page, studio) {
    await open(page, studio, `/${name}`, { folder: studio.run });
    await ready(page);
  },
});

const shown = (testId: string) => async (page: Page) =>
  expect(page.getByTestId(testId).first()).toBeVisible();

/** Every screen of the program. */
export const screens: readonly Screen[] = [
  {
    name: 'library',
    async show(page, studio) {
      await open(page, studio, '/library');
      await expect(page.getByTestId('run-row')).toHaveCount(2);
    },
  },
  wizard('data', 0, async (page) => {
    await shown('import-report')(page);
    await shown('split-totals')(page);
    await expect(page.getByTestId('image-grid').locator('img').first()).toBeVisible();
  }),
  wizard('teacher', 1, shown('model-figures')),
  wizard('student', 2, shown('architectures')),
  wizard('training', 3, async (page) => {
    await shown('temperature-slider')(page);
    await expect(page.getByTestId('estimate')).toContainText('images/s', { timeout: 60_000 });
  }),
  wizard('review', 4, shown('plain-words')),
  ofRun('run', async (page) => {
    await expect(page.getByTestId('probe').first()).toBeVisible();
  }),
  ofRun('evaluation', shown('judgement')),
  ofRun('try', async (page) => {
    await page.getByTestId('image-input').setInputFiles(testImages(2));
    await expect(page.getByTestId('answers').getByRole('article')).toHaveCount(2, { timeout: 60_000 });
  }),
  ofRun('export', async (page) => {
    await page.getByTestId('export').click();
    await expect(page.getByTestId('exported')).toBeVisible({ timeout: 60_000 });
  }),
  { name: 'settings', show: (page, studio) => open(page, studio, '/settings') },
  {
    name: 'compare',
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
}
