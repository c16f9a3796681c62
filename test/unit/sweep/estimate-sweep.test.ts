import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { runtimeSchema } from '../../../electron/contract/runtime.ts';
import { sweepSchema, type SweepInput } from '../../../electron/contract/sweep/sweep.ts';
import { estimateRun } from '../../../electron/engine/estimate/estimate-run.ts';
import { forwardWork, networkCost, stepWork } from '../../../electron/engine/models/cost.ts';
import { estimateSweep } from '../../../electron/engine/sweep/estimate-sweep.ts';
import { context } from '../estimate/support.ts';
import { temporaryFolder } from '../run-folder/support.ts';

/** Seconds for a multiply-accumulate of this machine's training steps; alone, a forward pass takes half as long again. */
const pace = vi.hoisted(() => 1e-8);
const forwardPace = 1.5 * pace;
vi.mock('../../../electron/engine/estimate/machine-rate.ts', () => ({
  stepRate: () => Promise.resolve({ backend: 'onnxruntime', traced: true, secondsPerWork: pace }),
}));

const home = process.env['DISTILL_HOME'];
beforeAll(() => void (process.env['DISTILL_HOME'] = temporaryFolder()));
afterAll(() => {
  if (home === undefined) delete process.env['DISTILL_HOME'];
  else process.env['DISTILL_HOME'] = home;
});

const [learner, large] = [
  { architecture: 'cifar_resnet8', width: 16, stem: 'small' },
  { architecture: 'cifar_resnet20', width: 16, stem: 'small' },
] as const;
const base = recipeSchema.parse({
  version: 2,
  name: 'r',
  data: { image: { size: 32 } },
  teacher: { source: 'train', model: large, training: { batchSize: 10, stages: [{ epochs: 2 }] } },
  student: { model: learner, training: { batchSize: 20, stages: [{ epochs: 3 }] } },
  baseline: false,
  evaluation: { tta: { counts: [] } },
  exports: [],
});
const [train, validation, testImages] = [100, 20, 50];
const counts = { trainImages: train, validationImages: validation, testImages, classes: 10 };
const basis = {
  ...counts,
  teacherImages: null,
  unlabelledImages: 0,
  runtime: runtimeSchema.parse({ threads: 1 }),
};
const estimate = (parts: Partial<SweepInput> = {}, atOnce = 1) =>
  estimateSweep(
    { sweep: sweepSchema.parse({ version: 1, name: 's', base, ...parts }), atOnce, ...basis },
    context(),
  );

/** What the members that read a teacher are spared: its training, its work in steps, validation and evaluation. */
function spared(): number {
  const costOf = (model: typeof large) => networkCost(modelSchema.parse(model), 10, 32);
  const teacher = costOf(large);
  const forward = forwardWork(teacher);
  const training = 20 * stepWork(teacher, 10) * pace + 2 * validation * forward * forwardPace;
  const steps = 15 * 20 * forward * pace + 3 * validation * forward * forwardPace;
  return training + steps + (testImages + validation) * forward * forwardPace;
}

test('one member trains the teacher, the others read its logits, so many at a time', async () => {
  const alone = await estimateRun({ recipe: base, storesLogits: false, ...basis }, context());
  const one = await estimate();
  expect(one).toMatchObject({ runs: 1, totalSeconds: alone.totalSeconds, memoryBytes: alone.memoryBytes });
  // Two bytes for each of 10 classes, of 100 images in 3 epochs and of 20 for validation.
  expect(one.diskBytes).toBe(alone.diskBytes + (100 * 3 + 20) * 10 * 2);

  const follower = alone.totalSeconds - spared();
  const seeds = [1, 2, 3, 4];
  const four = await estimate({ seeds });
  expect(four.runs).toBe(4);
  expect(four.totalSeconds).toBeCloseTo(alone.totalSeconds + 3 * follower, 6);
  expect(four.workSeconds).toBeCloseTo(four.totalSeconds, 9);
  const two = await estimate({ seeds }, 2);
  expect(two.totalSeconds).toBeCloseTo(alone.totalSeconds + 2 * follower, 6);
  expect(two.workSeconds).toBeCloseTo(four.workSeconds, 6);

  const hours = follower / 3600;
  expect((await estimate({ seeds, budget: { hours } })).workSeconds).toBeCloseTo(follower, 6);
});

test('each teacher is trained once, and settings have the costs of their own networks', async () => {
  const epochs = { name: 'teacher', field: 'teacher.training.stages[0].epochs', values: [2, 4] };
  const alone = async (value: number) => {
    const training = { ...base.teacher, training: { batchSize: 10, stages: [{ epochs: value }] } };
    return (
      await estimateRun(
        { recipe: recipeSchema.parse({ ...base, teacher: training }), storesLogits: false, ...basis },
        context(),
      )
    ).totalSeconds;
  };
  const both = await estimate({ axes: [epochs] });
  expect(both.totalSeconds).toBeCloseTo((await alone(2)) + (await alone(4)), 6);
});
