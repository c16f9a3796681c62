import type { Role } from '../../../electron/contract/run.ts';
import { recipeSchema, type RecipeInput } from '../../../electron/contract/recipe.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { predictions } from '../evaluate/fakes.ts';
import { start, temporaryFolder } from '../run-folder/support.ts';

export const keys = ['a.ppm', 'b.ppm', 'c.ppm', 'd.ppm', 'e, "f".ppm'];
export const classNames = ['Stop', 'Überholverbot', 'Zone "30", Ende'];
const labels = [0, 0, 1, 1, 2];

/** Every probability is a sum of few powers of two, so float32 keeps it as it is written. */
const answers: Record<Role, number[][]> = {
  // Right: a, c, d, e.
  teacher: [
    [0.75, 0.125, 0.125],
    [0.25, 0.5, 0.25],
    [0.125, 0.75, 0.125],
    [0.25, 0.5, 0.25],
    [0, 0, 1],
  ],
  // Right: a, b, c.
  student: [
    [0.5, 0.25, 0.25],
    [0.75, 0.125, 0.125],
    [0.0625, 0.875, 0.0625],
    [0.875, 0.125, 0],
    [0.25, 0.625, 0.125],
  ],
  // Right: a, e.
  baseline: [
    [0.5, 0.25, 0.25],
    [0.125, 0.125, 0.75],
    [0.75, 0.125, 0.125],
    [0.5, 0.25, 0.25],
    [0.25, 0.25, 0.5],
  ],
};

export const testPredictions = (roles: readonly Role[] = ['teacher', 'student', 'baseline']) => ({
  keys,
  classNames,
  models: new Map(roles.map((role) => [role, predictions(labels, answers[role])])),
});

/** A run that is not at work, without predictions; class 2 was left out of its training. */
export async function idleRun(): Promise<RunFolder> {
  const input: RecipeInput = {
    version: 2,
    name: 'evaluated',
    data: { trainClasses: [0, 1] },
    teacher: { source: 'train', model: { architecture: 'cifar_resnet8' } },
    student: { model: { architecture: 'cifar_resnet8' } },
  };
  const run = await RunFolder.create(temporaryFolder(), recipeSchema.parse(input), start());
  await run.setState('cancelled');
  return run;
}
