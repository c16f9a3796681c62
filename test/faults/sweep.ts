import { recipeSchema } from '../../electron/contract/recipe.ts';
import { sweepSchema, type Sweep } from '../../electron/contract/sweep/sweep.ts';

/** Four classes that look unlike each other. */
export const drawnClasses = [1, 12, 13, 14] as const;

const model = { architecture: 'cifar_resnet8', width: 16, stem: 'small-stride2' } as const;
const training = (epochs: number) => ({ batchSize: 32, stages: [{ epochs, learningRate: 0.003 }] });

/** Members of two temperatures that take some seconds each, so that faults meet them at work. */
export function faultRecipe(members: number): Sweep {
  const base = recipeSchema.parse({
    version: 2,
    name: 'faults',
    data: { image: { size: 32 }, split: { method: 'track-random', fraction: 0.34 } },
    teacher: { source: 'train', model, training: training(2) },
    student: { model, training: training(12) },
    distillation: { preset: 'hinton' },
    evaluation: { tta: { counts: [0], beta: 0.25 } },
    baseline: false,
    exports: [],
  });
  return sweepSchema.parse({
    version: 1,
    name: 'faults',
    base,
    axes: [{ name: 'temperature', field: 'distillation.terms[0].temperature', values: [2, 8] }],
    seeds: Array.from({ length: Math.ceil(members / 2) }, (_, index) => index + 1),
    budget: { runs: members },
  });
}
