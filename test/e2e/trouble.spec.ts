import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ModelRecipe } from '../../electron/contract/recipe/model.ts';
import { familyNames } from '../../electron/engine/models/weights/family-names.ts';
import { encodeSafetensors } from '../../electron/engine/models/weights/safetensors.ts';
import { layersOf, tensorShapes } from '../../electron/engine/models/weights/shapes.ts';
import type { Locator, Page } from '@playwright/test';
import { recipeSchema } from '../../electron/contract/recipe.ts';
import { smallRecipe } from './support/recipe.ts';
import { expectCompleted, showRun, shownPoints, writtenPoints } from './support/run-screen.ts';
import { sampleFolder } from './support/shared.ts';
import { expect, startStudio, stopStudio, test } from './support/studio.ts';
import { newDraft } from './support/wizard.ts';

/** An error as everyone sees one: sentence, hint, code, a way to copy it. */
async function expectTold(panel: Locator, code: string, sentence: RegExp): Promise<void> {
  await expect(panel).toContainText(sentence, { timeout: 30_000 });
  await expect(panel.locator('code')).toHaveText(code);
  await expect(panel.locator('p').first()).not.toBeEmpty();
  await panel.page().context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await panel.getByRole('button', { name: 'Copy' }).click();
  const copied = () => panel.page().evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toMatch(sentence);
  expect(await copied()).toContain(code);
}

const datasetPath = (page: Page) => page.getByRole('textbox', { name: 'Dataset', exact: true });

test('a damaged zip is named with what to do, and the draft is still there', async ({ studio, page }) => {
  await newDraft(page, studio);
  const folder = mkdtempSync(path.join(tmpdir(), 'distill-e2e-zip-'));
  const good = path.join(folder, 'good.zip');
  const bad = path.join(folder, 'torn.zip');
  execFileSync('python3', ['-m', 'zipfile', '-c', good, path.join(sampleFolder(), 'GTSRB/')]);
  copyFileSync(good, bad);
  truncateSync(bad, 200_000);

  await page.locator('[data-field="data.image.size"]').getByRole('textbox').fill('40');
  await datasetPath(page).fill(bad);
  const panel = page.getByTestId('error-panel');
  await expectTold(panel, 'ARCHIVE_CORRUPT', /torn\.zip/);
  await expect(panel).toContainText('Download or pack the archive again.');

  // The same where the file comes from the person's own machine.
  await page.getByLabel('File to upload').setInputFiles(bad);
  await expect(datasetPath(page)).toHaveValue(/uploads.*torn\.zip$/, { timeout: 30_000 });
  await expectTold(panel, 'ARCHIVE_CORRUPT', /torn\.zip/);

  await page.getByLabel('File to upload').setInputFiles(good);
  await expect(page.getByTestId('import-report')).toContainText('540 images of 18 tracks', {
    timeout: 60_000,
  });
  await expect(panel).toHaveCount(0);
  await expect(page.locator('[data-field="data.image.size"]').getByRole('textbox')).toHaveValue('40');
  await expect(page.getByTestId('draft-state')).toHaveText('Draft saved');
  await page.reload();
  await expect(page.getByTestId('import-report')).toContainText('540 images of 18 tracks', {
    timeout: 60_000,
  });
  await expect(page.locator('[data-field="data.image.size"]').getByRole('textbox')).toHaveValue('40');
  rmSync(folder, { recursive: true });
});

/** A network's weights, all 1, under fastai's names. */
function fastaiFile(recipe: ModelRecipe, classes: number): Uint8Array {
  const { nameOf } = familyNames[recipe.architecture].fastai[0]!;
  const shapes = [...tensorShapes(layersOf(recipe, classes))];
  const tensors = shapes.map(([name, shape]) => {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1);
    return [nameOf(name)!, { shape, data }] as const;
  });
  return encodeSafetensors(new Map(tensors));
}

test('weights of another network, and a file that only looks like weights, are recognised', async ({
  studio,
  page,
}) => {
  await newDraft(page, studio);
  await datasetPath(page).fill(sampleFolder());
  await expect(page.getByTestId('import-report')).toBeVisible({ timeout: 60_000 });
  await page.getByTestId('step-teacher').click();
  await page.getByRole('radio', { name: 'Weights from a file' }).click();
  const file = page.getByRole('textbox', { name: "Teacher's weights" });
  const report = page.getByTestId('weights-report');

  // The network is recognised from the file; what that changes is shown, and can be undone.
  const field = (name: string) => page.locator(`[data-field="teacher.model.${name}"]`);
  await file.fill(path.join(studio.run, 'weights/student.safetensors'));
  await expect(report).toContainText("The file fits: it has all of the network's", { timeout: 30_000 });
  await expect(field('architecture').getByRole('combobox')).toHaveText('CIFAR ResNet-8');
  await expect(field('width').getByRole('textbox')).toHaveValue('8');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(report).toContainText('does not fit this network', { timeout: 30_000 });
  await expect(report).toContainText(/\d+ × .* in the file, .* in the network|Missing from the file/);
  await report.getByRole('button', { name: 'Set the network from the file' }).click();
  await expect(report).toContainText('The file fits', { timeout: 30_000 });

  // What fastai's create_cnn_model(resnet34) saves.
  const fastai = path.join(studio.home, 'fastai.safetensors');
  writeFileSync(
    fastai,
    fastaiFile({ architecture: 'resnet34', width: 8, stem: 'imagenet', head: 'fastai' }, 43),
  );
  await file.fill(fastai);
  await expect(page.getByTestId('weights-network')).toContainText('ResNet-34, width 8', { timeout: 30_000 });
  await expect(page.getByTestId('weights-network')).toContainText('43 classes, as many as the dataset has');
  await expect(field('head').getByRole('combobox')).toHaveText("fastai's two layers with dropout");
  await expect(report).toContainText('The file fits', { timeout: 30_000 });

  const damaged = path.join(studio.home, 'damaged.safetensors');
  writeFileSync(damaged, Buffer.from('This is no file of weights at all.'));
  await file.fill(damaged);
  await expectTold(report.getByTestId('error-panel'), 'UNSUPPORTED_FORMAT', /damaged\.safetensors/);

  // A pickle that would run something when it is opened carelessly.
  const unsafe = path.join(studio.home, 'unsafe.pth');
  const owned = path.join(studio.home, 'owned');
  writeFileSync(unsafe, Buffer.from(`cos\nsystem\n(S'touch ${owned}'\ntR.`, 'latin1'));
  await file.fill(unsafe);
  await expectTold(report.getByTestId('error-panel'), 'WEIGHTS_UNSAFE', /unsafe\.pth/);
  expect(existsSync(owned)).toBe(false);

  // A right file makes it good.
  await file.fill(path.join(studio.run, 'weights/teacher.safetensors'));
  await expect(report).toContainText("The file fits: it has all of the network's", { timeout: 30_000 });
});

test.describe('a full disk', () => {
  const megabytes = 24;
  /** Enough to be at work still when the disk is full. */
  const epochs = 8;
  let disk: string;
  test.beforeAll(() => {
    disk = mkdtempSync(path.join(tmpdir(), 'distill-e2e-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
      rmSync(disk, { recursive: true });
      test.skip(true, 'A small disk of its own needs the right to mount one.');
    }
  });
  test.afterAll(() => {
    try {
      execFileSync('umount', [disk], { stdio: 'pipe' });
    } catch {
      return;
    }
    rmSync(disk, { recursive: true });
  });

  test('stops the run with what to do, and what was learnt is still there when there is room again', async ({
    page,
  }) => {
    const studio = await startStudio();
    try {
      const runs = path.join(disk, 'runs');
      mkdirSync(runs);
      const { folder: run } = await studio.engine.runs.start({
        recipe: recipeSchema.parse(smallRecipe({ name: 'No room', epochs })),
        data: sampleFolder(),
        runtime: { threads: 1 },
        out: runs,
      });
      await showRun(page, studio, run);
      await expect.poll(() => shownPoints(page), { timeout: 60_000 }).toBeGreaterThan(2);
      // Points are shown up to a second before they are written.
      const before = await writtenPoints(studio, run);
      const filler = path.join(disk, 'filler');
      fill(filler);
      const panel = page.getByTestId('run-error');
      await expectTold(panel, 'DISK_FULL', /disk is full/i);
      await expect(page.getByTestId('run-state')).toHaveAttribute('data-state', 'failed');
      // What was on the disk before it was full is on it still.
      expect(await writtenPoints(studio, run)).toBeGreaterThanOrEqual(before);

      rmSync(filler);
      await page.getByTestId('resume-run').click();
      await expectCompleted(page, studio, run);
      const { epochs: written } = await studio.engine.runs.metrics({ folder: run, maxPoints: 2 });
      expect(written.map(({ role, epoch }) => `${role} ${epoch}`)).toEqual(
        ['teacher', 'student', 'baseline'].flatMap((role) =>
          Array.from({ length: epochs }, (_, i) => `${role} ${i + 1}`),
        ),
      );
    } finally {
      await stopStudio(studio);
    }
  });
});

/** Writes until there is not a byte left. */
function fill(file: string): void {
  try {
    writeFileSync(file, Buffer.alloc(1 << 30));
  } catch (thrown) {
    expect((thrown as NodeJS.ErrnoException).code).toBe('ENOSPC');
  }
}
