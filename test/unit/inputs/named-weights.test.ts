import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it, vi } from 'vitest';
import * as catalogue from '../../../electron/contract/published-weights.ts';
import { imagenetStatistics } from '../../../electron/contract/recipe/statistics.ts';
import { startFindings, startsFromPublished } from '../../../electron/contract/start-weights.ts';
import { matchWeights } from '../../../electron/engine/inputs/match-weights.ts';
import { startModel } from '../../../electron/engine/inputs/models.ts';
import { createModel } from '../../../electron/engine/models/index.ts';
import { saveModel } from '../../../electron/engine/models/weights/save.ts';
import { readRecipe } from '../../../electron/platform/recipe-file.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { smallRecipe } from '../../support/small-run.ts';
import { context } from '../estimate/support.ts';
import { temporaryFolder } from '../run-folder/support.ts';
import { useHome } from '../run-folder/kept-runs.ts';

vi.mock('../../../electron/contract/published-weights.ts', { spy: true });
beforeAll(useCpuBackend);
const home = useHome();

const reference = 'torchvision:ResNet18_Weights.IMAGENET1K_V1';

/** Published weights of the small recipe's student, with ten classes, in the folder of all runs. */
async function publish(): Promise<catalogue.PublishedWeights> {
  const original = path.join(temporaryFolder(), 'a.safetensors');
  const model = createModel(smallRecipe().student.model, 10, 7);
  await saveModel(original, model, { classNames: Array.from({ length: 10 }, (_, i) => String(i)) });
  model.dispose();
  const bytes = readFileSync(original);
  const digits = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
  const published = { ...catalogue.findPublished('resnet18')!, file: `small-${digits}.pth` };
  vi.mocked(catalogue.referenced).mockReturnValue(published);
  mkdirSync(path.join(home.folder, 'weights'), { recursive: true });
  writeFileSync(path.join(home.folder, 'weights', published.file), bytes);
  return published;
}

function start(weights: string, size = 32) {
  const recipe = smallRecipe();
  recipe.student.weights = weights;
  recipe.data.image = { ...recipe.data.image, size, resize: 'squish' };
  const logged: [string, string][] = [];
  const log = (level: string, message: string) => void logged.push([level, message]);
  return startModel(recipe, 'student', 3, log).then((model) => ({ model, logged }));
}

it('starts from published weights by their name, and logs how their images were made', async () => {
  const { file } = await publish();
  const { model, logged } = await start(reference);
  const own = createModel(smallRecipe().student.model, 10, 7);
  const first = (of: typeof own) => of.parameters[0]!.variable.dataSync();
  expect(first(model)).toEqual(first(own));
  model.dispose();
  own.dispose();
  expect(logged[0]).toEqual([
    'info',
    expect.stringMatching(/^The student starts from \d+ of \d+ tensors of ResNet18_Weights\.IMAGENET1K_V1\./),
  ]);
  expect(logged[1]).toEqual([
    'info',
    'ResNet18_Weights.IMAGENET1K_V1 was evaluated at 224 px: the shorter side resized to 256, the middle cut out (bilinear), normalised by mean 0.485 0.456 0.406 and standard deviation 0.229 0.224 0.225. Here its network sees images of 32 px, squeezed into the square and normalised in the same way.',
  ]);
  const match = await matchWeights(
    { file: reference, model: smallRecipe().student.model, classes: 3 },
    context(),
  );
  expect(match).toMatchObject({ file: reference, fit: 'body' });

  writeFileSync(path.join(home.folder, 'weights', file), 'damaged');
  await expect(start(reference)).rejects.toMatchObject({
    code: 'WEIGHTS_CORRUPT',
    hint: expect.stringContaining('weights fetch ResNet18_Weights.IMAGENET1K_V1') as string,
  });
});

it('names the command that downloads what is missing, and refuses what is not known', async () => {
  vi.mocked(catalogue.referenced).mockReset();
  await expect(start(reference)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: 'The weights ResNet18_Weights.IMAGENET1K_V1 are not on this machine.',
    hint: expect.stringContaining('distill-studio weights fetch ResNet18_Weights.IMAGENET1K_V1') as string,
  });
  await expect(start('torchvision:ResNet999_Weights.DEFAULT')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('is the same in a recipe’s file, which other paths are relative to', async () => {
  const file = path.join(temporaryFolder(), 'recipe.json');
  const { teacher, student, ...rest } = smallRecipe();
  writeFileSync(
    file,
    JSON.stringify({
      ...rest,
      teacher: { ...teacher, weights: 'own.pth' },
      student: { ...student, weights: reference },
    }),
  );
  const read = await readRecipe(file);
  expect(read.student.weights).toBe(reference);
  expect(read.teacher).toMatchObject({ weights: path.join(path.dirname(file), 'own.pth') });
});

it('warns of images that are normalised in another way, for each network that starts so', () => {
  const recipe = smallRecipe();
  recipe.student.weights = reference;
  expect([startFindings(recipe), startsFromPublished(recipe)]).toEqual([[], true]);
  recipe.data.image.mean = [0.5, 0.5, 0.5];
  expect(startFindings(recipe)).toMatchObject([
    {
      severity: 'warning',
      code: 'start-normalisation',
      message: expect.stringContaining('The student starts from ResNet18_Weights.IMAGENET1K_V1') as string,
      hint: 'Set mean 0.485 0.456 0.406 and standard deviation 0.229 0.224 0.225.',
      field: 'data.image.mean',
    },
  ]);
  // A teacher with statistics of its own is compared by them.
  const { teacher } = recipe;
  if (teacher.source !== 'train') throw new Error('The small recipe trains its teacher.');
  teacher.weights = reference;
  Object.assign(teacher.image, imagenetStatistics);
  expect(startFindings(recipe)).toHaveLength(1);
  teacher.image.std = [1, 1, 1];
  expect(startFindings(recipe).map(({ field }) => field)).toEqual(['teacher.image.mean', 'data.image.mean']);
  teacher.weights = null;
  recipe.student.weights = '/own.pth';
  expect([startFindings(recipe), startsFromPublished(recipe)]).toEqual([[], false]);
});
