import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import sharp from 'sharp';
import { random } from '../../electron/engine/numbers/random.ts';
import { meansNetwork } from '../unit/deployed/onnx-files.ts';
import { axeFindings, withAxe } from './support/axe.ts';
import { root } from './support/paths.ts';
import { picturesOf } from './support/picture.ts';
import { expectCompleted } from './support/run-screen.ts';
import { open, startStudio, stopStudio } from './support/studio.ts';
import { chooseIn, field, next, startRun } from './support/wizard.ts';

const classes = ['blue', 'green', 'red'] as const;

/** Photographs in which one channel is the brightest, as PNGs. */
async function photos(folder: string, channel: number, count: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const rng = random(3, folder);
  for (let i = 0; i < count; i++) {
    const pixels = new Uint8Array(24 * 24 * 3).map((_, at) =>
      Math.round(at % 3 === channel ? rng.uniform(150, 255) : rng.uniform(0, 130)),
    );
    const png = await sharp(pixels, { raw: { width: 24, height: 24, channels: 3 } })
      .png()
      .toBuffer();
    writeFileSync(path.join(folder, `${i}.png`), png);
  }
}

/** A dataset, more images without labels, and a teacher that calls green otherwise and states how it gets its images. */
async function drawFiles(folder: string): Promise<void> {
  for (const [id, name] of classes.entries()) {
    await photos(path.join(folder, 'data', name), 2 - id, 30);
    await photos(path.join(folder, 'more', name), 2 - id, 20);
  }
  mkdirSync(path.join(folder, 'teacher'));
  const beside = (name: string, content: object) =>
    writeFileSync(path.join(folder, 'teacher', name), JSON.stringify(content));
  writeFileSync(
    path.join(folder, 'teacher', 'colours.onnx'),
    meansNetwork({ input: { name: 'image', dims: ['n', 3, 'height', 'width'] } }),
  );
  beside('config.json', { id2label: { 0: 'red', 1: 'verde', 2: 'blue' } });
  beside('preprocessor_config.json', { do_normalize: false });
}

const model = (width: number) => ({ architecture: 'cifar_resnet8', width, stem: 'small-stride2' });

test('an ONNX teacher is mapped by hand and checked, and images without labels join the training', async ({
  page,
}) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'distill-e2e-teachers-'));
  page.setDefaultTimeout(30_000);
  const studio = await startStudio();
  const pictures = process.env['DISTILL_SCREENS'] ? path.join(root, 'dist/teachers') : null;
  const take = pictures ? picturesOf(page, pictures, 'teachers') : () => Promise.resolve();
  try {
    await drawFiles(folder);
    const { id } = await studio.engine.recipes.saveDraft({
      recipe: {
        version: 2,
        name: 'Colours',
        data: { path: path.join(folder, 'data'), image: { size: 32 } },
        teacher: { source: 'train', model: model(8) },
        student: {
          model: model(8),
          training: { batchSize: 16, stages: [{ epochs: 1, learningRate: 0.005 }] },
        },
      },
      step: 'data',
    });
    await withAxe(page);
    await open(page, studio, '/new', { draft: id });
    const more = page.getByRole('textbox', { name: 'Add a folder of unlabelled images' });
    await more.fill(path.join(folder, 'more'));
    await more.press('Enter');
    await expect(page.getByTestId('wizard-data')).toContainText('also learns from 60 images without labels');
    expect(await axeFindings(page)).toEqual([]);
    await take('data');

    await next(page, 'teacher');
    await page.getByTestId('teacher-source').getByText('An ONNX file').click();
    await page
      .getByRole('textbox', { name: "Teacher's ONNX file" })
      .fill(path.join(folder, 'teacher', 'colours.onnx'));
    const found = page.getByTestId('onnx-found');
    await expect(found).toContainText('“image”, float32, n × 3 × height × width (channels first)');
    await expect(found).toContainText('32 pixels not stated');
    await expect(found).toContainText('From 0 to 1 from preprocessor_config.json');
    await expect(field(page, 'teacher.hints.size')).toBeVisible();
    const outputs = page.getByTestId('output-classes');
    await expect(outputs.getByTestId('mapping-summary')).toContainText('2 of the dataset’s 3 classes');
    await expect(outputs.getByTestId('lacking-classes')).toContainText('green');
    await take('lacking');
    await outputs.getByLabel('Class of output 1, verde').click();
    await page.getByPlaceholder('Search classes').fill('gr');
    await page.getByRole('option', { name: 'green' }).click();
    await expect(outputs.getByTestId('mapping-summary')).toContainText('Matched by hand. 3 of');
    await expect(outputs.getByTestId('lacking-classes')).toHaveCount(0);
    await page.getByTestId('list-stages').click();
    const stage = page.getByTestId('teacher-stages').getByRole('checkbox', { name: 'stage1' });
    await stage.check();
    await expect(page.getByTestId('teacher-stages')).toContainText('32 × 32 × 3');
    await stage.uncheck();
    await chooseIn(page, 'teacher.hints.channels', /^Blue first/);
    await page.getByTestId('check-teacher').press('Enter');
    const verdict = page.getByTestId('teacher-verdict');
    await expect(verdict).toContainText('Set teacher.hints.channels to "RGB"', { timeout: 60_000 });
    expect(await axeFindings(page)).toEqual([]);
    await take('wrong');
    // What fits best is one key away.
    await page.getByTestId('apply-remedy').press('Enter');
    await expect(verdict).toContainText(/The teacher gets (\d+) of \1 held-out images right/, {
      timeout: 60_000,
    });
    await take('checked');

    await next(page, 'student');
    await next(page, 'training');
    await next(page, 'review');
    const words = page.getByTestId('plain-words');
    await expect(words).toContainText('Which of its 3 outputs is which class is listed in the recipe.');
    await expect(words).toContainText('60 images');
    await take('review');
    const run = await startRun(page, 'Colours');
    await expectCompleted(page, studio, run);
    const { recipe } = await studio.engine.runs.details({ folder: run });
    expect(recipe.teacher).toMatchObject({ source: 'onnx', classes: ['red', 'green', 'blue'] });
    const [report] = (
      await studio.engine.runs.export({ folder: run, formats: ['report'], out: path.join(folder, 'out') })
    ).files;
    const text = readFileSync(report!, 'utf8');
    expect(text).toContain('also learns from 60 images without labels');
    expect(text).toContain('the network in the ONNX file “colours.onnx”');
    await take('run');
  } finally {
    await stopStudio(studio);
    rmSync(folder, { recursive: true, force: true });
  }
});
