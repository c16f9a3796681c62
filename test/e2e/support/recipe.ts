import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { RecipeInput } from '../../../electron/contract/recipe.ts';
import type { SweepInput } from '../../../electron/contract/sweep/sweep.ts';
import { root } from './paths.ts';
import { sampleClasses, unseenClasses } from './shared.ts';

/** CIFAR ResNet-8 on 32 pixels: an epoch on the small sample takes about a second. */
const model = (width: number) =>
  ({ architecture: 'cifar_resnet8', width, stem: 'small-stride2', head: 'linear' }) as const;

const without = (classes: readonly number[], left: readonly number[]): number[] =>
  classes.filter((id) => !left.includes(id));

/** The smallest run that has everything the screens show: unseen classes, baseline; test-time augmentation is left to the page. */
export const smallRecipe = ({ name = 'Small run', epochs = 2 } = {}): RecipeInput => ({
  version: 2,
  name,
  seed: 7,
  data: {
    trainClasses: without(sampleClasses, unseenClasses),
    image: { size: 32 },
    split: { method: 'track-random', fraction: 0.34 },
  },
  teacher: {
    source: 'train',
    model: model(16),
    training: { batchSize: 32, stages: [{ epochs, learningRate: 0.004 }] },
  },
  student: { model: model(8), training: { batchSize: 32, stages: [{ epochs, learningRate: 0.006 }] } },
  distillation: { preset: 'hinton' },
});

/** The program's own recipe for its sample, with some classes left out: what the pictures in the manual show. */
export function sampleRecipe(): RecipeInput {
  const recipe = JSON.parse(
    readFileSync(path.join(root, 'resources/recipes/sample.json'), 'utf8'),
  ) as RecipeInput;
  const classes = Array.from({ length: 43 }, (_, id) => id);
  return { ...recipe, name: 'Signs', data: { ...recipe.data, trainClasses: without(classes, [16, 29, 33]) } };
}

/** The same student once more, from an earlier run's teacher and at another temperature. */
export const distilledAgain = (first: RecipeInput, run: string): RecipeInput => ({
  ...first,
  name: `${first.name} again`,
  teacher: { source: 'run', path: run },
  distillation: { preset: 'fasterai' },
  baseline: false,
});

/** Temperatures (for pictures widths, too) with several seeds, each student trained for one epoch by an earlier run's teacher. */
export function smallSweep(run: string, forPictures: boolean): SweepInput {
  const temperature = { name: 'temperature', field: 'distillation.terms[0].temperature', values: [2, 8] };
  const base = smallRecipe({ name: 'Signs', epochs: 1 });
  return {
    version: 1,
    name: 'Temperatures',
    base: { ...base, teacher: { source: 'run', path: run }, baseline: false, exports: [] },
    axes: forPictures
      ? [
          { ...temperature, values: [2, 4, 8] },
          { name: 'width', field: 'student.model.width', values: [8, 16] },
        ]
      : [temperature],
    seeds: forPictures ? [1, 2, 3] : [1, 2],
  };
}
