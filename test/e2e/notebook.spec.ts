import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { RecipeInput } from '../../electron/contract/recipe.ts';
import { distill, gtsrbMini, root } from './support/paths.ts';
import { picturesOf } from './support/picture.ts';
import { expect, startStudio, stopStudio, test } from './support/studio.ts';
import { pictureStep, runToReport, scoresOf, showStep } from './support/whole-run.ts';
import { chooseIn, field, newDraft } from './support/wizard.ts';

/**
 * The notebook's own path in the window: a ResNet-34 with fastai's head, saved by fastai's names, teaches a ResNet-18 at T = 20 in three
 * stages; real signs at 32 px. With pictures in dist/notebook, and minutes of training, so only where it is asked for:
 * DISTILL_NOTEBOOK=1 npm run test:e2e -- notebook
 * DISTILL_NOTEBOOK=<file> takes a teacher that was trained before, e.g. one that fastai saved.
 */
const wanted = process.env['DISTILL_NOTEBOOK'];
test.describe.configure({ retries: 0 });

/** What the wizard proposes for so few signs, so that the teacher sees the images as it was taught to. */
const data: RecipeInput['data'] = {
  image: { size: 32, resize: 'squish' },
  augment: { brightness: { max: 0.4, p: 0.75 }, contrast: { max: 0.4, p: 0.75 } },
};

/** Runs the terminal's program to its end. */
function inTerminal(home: string, ...args: string[]): void {
  const env = { ...process.env, DISTILL_HOME: home };
  const { status, stderr } = spawnSync(process.execPath, [distill, ...args], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} failed:\n${stderr}`);
}

/** Trains a teacher below `home` and saves it by fastai's names; gives the file. */
function trainTeacher(home: string): string {
  const recipe: RecipeInput = {
    version: 2,
    name: 'Teacher',
    seed: 1,
    data,
    teacher: {
      source: 'train',
      model: { architecture: 'resnet34', head: 'fastai' },
      training: { batchSize: 64, stages: [{ epochs: 10, learningRate: 0.002 }] },
    },
    student: {
      model: { architecture: 'cifar_resnet8', width: 8, stem: 'small-stride2' },
      training: { batchSize: 64, stages: [{ epochs: 1, learningRate: 0.004 }] },
    },
    distillation: { preset: 'hinton' },
    baseline: false,
    exports: [],
  };
  const file = path.join(home, 'teacher.json');
  writeFileSync(file, JSON.stringify(recipe));
  const runs = path.join(home, 'teachers');
  inTerminal(home, 'run', file, '--data', gtsrbMini, '--out', runs);
  const [run] = readdirSync(runs);
  const out = path.join(home, 'exported');
  inTerminal(
    home,
    'export',
    path.join(runs, run!),
    '--format',
    'safetensors',
    '--names',
    'fastai',
    '--out',
    out,
  );
  return path.join(
    out,
    readdirSync(out).find((name) => name.endsWith('-teacher-fastai.safetensors'))!,
  );
}

/** Makes the student's training one of three stages: the head alone, all of it, all of it at a tenth of the rate. */
async function threeStages(page: Page): Promise<void> {
  const stages = [
    ['1', '-1', '0.002'],
    ['4', '0', '0.002'],
    ['1', '0', '0.0002'],
  ] as const;
  const add = page.getByTestId('student-stages').getByRole('button', { name: 'Add a stage' });
  for (let count = 1; count < stages.length; count++) await add.click();
  for (const [i, [epochs, freezeTo, rate]] of stages.entries()) {
    const of = (name: string) => field(page, `student.training.stages[${i}].${name}`);
    await of('epochs').fill(epochs);
    await of('freezeTo').fill(freezeTo);
    await of('learningRate').fill(rate);
  }
}

test("a ResNet-34 by fastai's names teaches a ResNet-18 from the window", async ({ page }) => {
  test.skip(wanted === undefined, 'Minutes of training: DISTILL_NOTEBOOK=1 runs it.');
  test.skip(
    !existsSync(gtsrbMini),
    `There are no real images in ${gtsrbMini} (GTSRB_DIR names their folder).`,
  );
  test.setTimeout(60 * 60_000);
  const picture = picturesOf(page, path.join(root, 'dist/notebook'), 'notebook');
  const home = mkdtempSync(path.join(tmpdir(), 'distill-e2e-notebook-'));
  const file = existsSync(wanted!) ? wanted! : trainTeacher(home);
  const studio = await startStudio();
  try {
    await newDraft(page, studio);
    await page.getByRole('textbox', { name: 'Dataset', exact: true }).fill(gtsrbMini);
    await expect(page.getByTestId('split-totals')).toBeVisible({ timeout: 60_000 });
    await picture('data');

    await page.getByTestId('wizard-next').click();
    await page
      .getByTestId('teacher-source')
      .getByRole('radio', { name: /Weights from a file/ })
      .click();
    await page.getByRole('textbox', { name: "Teacher's weights" }).fill(file);
    // Nothing else is filled in: the file's shapes are the network's.
    await expect(page.getByTestId('weights-report')).toContainText('The file fits', { timeout: 30_000 });
    await expect(page.getByTestId('weights-network')).toContainText('43 classes, as many as the dataset has');
    for (const [name, value] of [
      ['architecture', 'ResNet-34'],
      ['stem', 'Original'],
      ['head', "fastai's two layers"],
    ] as const)
      await expect(page.locator(`[data-field="teacher.model.${name}"]`)).toContainText(value);
    await pictureStep(page, 'teacher', picture);

    await page.getByTestId('wizard-next').click();
    await page.getByTestId('architecture-resnet18').click();
    await chooseIn(page, 'student.model.stem', /Original/);
    await chooseIn(page, 'student.model.head', /fastai/);
    await pictureStep(page, 'student', picture);

    await page.getByTestId('wizard-next').click();
    await chooseIn(page, 'distillation.preset', /temperature 20/);
    await threeStages(page);
    await expect(field(page, 'distillation.terms[0].temperature')).toHaveValue('20');
    await expect(page.getByTestId('logits-source')).toBeVisible({ timeout: 60_000 });
    await pictureStep(page, 'training', picture);
    await showStep(page, 'review', picture);
    const { result, minutes } = await runToReport(page, studio, picture);

    const { teacher, student } = result.models;
    console.log(`${scoresOf(result)}; ${minutes.toFixed(1)} min. ${result.comparison.sentence}`);
    expect(teacher).toMatchObject({ trainingSeconds: null });
    // Both have learnt: several times as many are right as by chance.
    const chance = 1 / result.classes.length;
    expect(teacher.test.accuracy).toBeGreaterThan(4 * chance);
    expect(student.test.accuracy).toBeGreaterThan(2 * chance);
  } finally {
    await stopStudio(studio);
    rmSync(home, { recursive: true, force: true });
  }
});
