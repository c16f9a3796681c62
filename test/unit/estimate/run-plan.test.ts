import { expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../electron/contract/recipe.ts';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { runtimeSchema } from '../../../electron/contract/runtime.ts';
import { paceOf } from '../../../electron/engine/estimate/pace.ts';
import { restInTraining } from '../../../electron/engine/estimate/rest-of-run.ts';
import { countsOf } from '../../../electron/engine/estimate/run-counts.ts';
import { memoryBytes } from '../../../electron/engine/estimate/run-footprint.ts';
import { planRun, type RunWork } from '../../../electron/engine/estimate/run-plan.ts';
import { forwardWork, networkCost, stepWork, teacherBytes } from '../../../electron/engine/models/cost.ts';

const model = { architecture: 'cifar_resnet8', width: 16, stem: 'small' } as const;
const size = 32;
const classes = Array.from({ length: 10 }, (_, id) => ({ id, name: `${id}`, seen: true }));
const indices = (count: number) => Array.from({ length: count }, (_, i) => i);
const split = { train: indices(100), validation: indices(20) };
const data = countsOf({ classes, split, teacherSplit: split, unlabelled: [] }, 50);

const recipe = (changes: Partial<RecipeInput> = {}) =>
  recipeSchema.parse({
    version: 2,
    name: 'r',
    data: { image: { size } },
    teacher: { source: 'train', model, training: { batchSize: 10, stages: [{ epochs: 2 }] } },
    student: { model, training: { batchSize: 10, stages: [{ epochs: 3 }] } },
    evaluation: { tta: { counts: [] } },
    ...changes,
  });

const cost = networkCost(modelSchema.parse(model), 10, size);

it('plans the steps of each stage and the forward passes, by their work', () => {
  const { trainings, evaluation } = planRun(recipe(), data, null, false);
  const forward = forwardWork(cost);
  const stage = (epochs: number, asked: number) => ({
    epochs,
    steps: 10,
    work: stepWork(cost, 10) + 10 * asked,
  });
  expect(Object.fromEntries(trainings)).toMatchObject({
    teacher: { stages: [stage(2, 0)], validation: 20 * forward },
    student: { stages: [stage(3, forward)], validation: 20 * 2 * forward },
    baseline: { stages: [stage(3, 0)], validation: 20 * forward },
  });
  // Three models, test and validation images once each.
  expect(evaluation).toEqual([70, 70, 70].map((images) => images * forward));
  // Recorded steps are faster than the evaluation, which is not.
  expect(planRun(recipe(), data, null, true).evaluation[0]! / evaluation[0]!).toBeCloseTo(1.5);
});

it('a stage that freezes layers has cheaper steps', () => {
  const stages = [{ epochs: 1, freezeTo: -1 }, { epochs: 1 }];
  const frozen = recipe({ student: { model, training: { batchSize: 10, stages } } });
  const [head, all] = planRun(frozen, data, null, false).trainings.get('student')!.stages;
  expect(head!.work).toBeLessThan(all!.work);
});

it('counts the images of a teacher that learns more classes', () => {
  const teacherSplit = { train: indices(200), validation: indices(40) };
  const { trainings } = planRun(
    recipe(),
    countsOf({ classes, split, teacherSplit, unlabelled: [] }, 50),
    null,
    false,
  );
  expect(trainings.get('teacher')!.stages[0]!.steps).toBe(20);
  expect(trainings.get('student')!.stages[0]!.steps).toBe(10);
});

it('a teacher with images of its own costs what they cost, and has them prepared besides', () => {
  const teacher = { source: 'train', model, image: { size: 64 } } as const;
  const { trainings, decoded, imported } = planRun(recipe({ teacher }), data, null, false);
  const own = networkCost(modelSchema.parse(model), 10, 64);
  expect(trainings.get('teacher')!.validation).toBe(20 * forwardWork(own));
  expect(trainings.get('student')!.validation).toBe(20 * (forwardWork(cost) + forwardWork(own)));
  expect([decoded, imported]).toEqual([[size, 64].map((side) => ({ images: 170, size: side })), 340]);
});

it('images without labels make more steps of the same size, of the student; its baseline sees the labelled ones of each', () => {
  const mixed = recipe({ data: { image: { size }, unlabelled: { paths: ['more'], share: 0.6 } } });
  const counts = countsOf({ classes, split, teacherSplit: split, unlabelled: indices(500) }, 50);
  const { trainings, imported } = planRun(mixed, counts, null, false);
  const planned = [...trainings.values()].map(({ role, batchSize, stages }) => [
    role,
    batchSize,
    stages[0]!.steps,
  ]);
  expect(planned).toEqual([
    ['teacher', 10, 10],
    ['student', 10, 25],
    ['baseline', 4, 25],
  ]);
  expect(imported).toBe(670);
});

it('counts the copies of test-time augmentation, and one model less without a baseline', () => {
  const copied = recipe({ baseline: false, evaluation: { tta: { counts: [2, 4] } } });
  // As it is, then once more with its four copies; the validation images as they are.
  const images = 50 * (1 + 1 + 4) + 20;
  const { evaluation } = planRun(copied, data, null, false);
  const drawing = evaluation.map((work) => work - images * forwardWork(cost));
  // At the pace of two cores of an AMD EPYC, one of which takes 0.03 ms to draw a copy of 32 px.
  const seconds = drawing.map((work) => work * paceOf(new Map()).forward);
  for (const taken of seconds) expect(Math.abs(taken / ((50 * 4 * 0.03e-3) / 2) - 1)).toBeLessThan(0.2);
  // Without augmentation the copies are the images as they are.
  const plain = recipe({ data: { image: { size }, augment: null }, evaluation: { tta: { counts: [2, 4] } } });
  expect(planRun(plain, data, null, false).evaluation[0]).toBe(images * forwardWork(cost));
});

it('a given teacher that sees other pixels is priced by its own, also in memory', () => {
  const given = recipe({ teacher: { source: 'weights', path: 'teacher.pth', model }, baseline: false });
  const planAt = (pixels: number) =>
    planRun(given, data, { model: given.student.model, image: { ...given.data.image, size: pixels } }, true);
  const [same, larger] = [planAt(size), planAt(48)];
  const at48 = networkCost(modelSchema.parse(model), 10, 48);
  expect([...larger.trainings.keys()]).toEqual(['student']);
  expect(larger.trainings.get('student')!.stages[0]!.work).toBe(stepWork(cost, 10) + 10 * forwardWork(at48));
  expect(larger.evaluation).toEqual([at48, cost].map((one) => 1.5 * 70 * forwardWork(one)));
  expect([same.imported, larger.imported]).toEqual([170, 340]);
  // Its decoded images, a byte a value; four batches of ten of them in float32; its activations.
  const values = 48 * 48 * 3;
  const runtime = runtimeSchema.parse({});
  expect(memoryBytes(larger, runtime) - memoryBytes(same, runtime)).toBeCloseTo(
    170 * values + 4 * 10 * values * 4 + teacherBytes(at48, 10) - teacherBytes(cost, 10),
    -1,
  );
});

const plan: RunWork = {
  imported: 0,
  trainings: new Map([
    ['teacher', { stages: [{ epochs: 2, steps: 50, work: 300 }], validation: 600 }],
    ['student', { stages: [{ epochs: 1, steps: 50, work: 150 }], validation: 300 }],
    ['baseline', { stages: [{ epochs: 1, steps: 50, work: 120 }], validation: 300 }],
  ]),
  evaluation: [3000, 1500, 1500],
  end: {
    latency: 1,
    exports: 2,
    calibration: { seconds: 1, work: 300 },
    checks: { seconds: 0, work: 600 },
  },
};

/** Multiply-accumulates a second. */
const macsPerSecond = { teacher: 150, student: 300, baseline: 300 };

it.each([
  // 40 + 50 steps of 2 s at 150 a second; then 7500 and 6000. Validations: two here, one each later.
  [
    'teacher',
    { epoch: 1, step: 10, stepSeconds: 2 },
    { steps: 180 + 50 + 40, validation: 8 + 2 + 2, evaluation: 40, end: 4 + 6 },
  ],
  // 0.5 s for 150: 300 a second.
  [
    'student',
    { epoch: 1, step: 40, stepSeconds: 0.5 },
    { steps: 5 + 20, validation: 4 + 1, evaluation: 20, end: 4 + 3 },
  ],
  [
    'baseline',
    { epoch: 2, step: 0, stepSeconds: 0.4 },
    { steps: 0, validation: 0, evaluation: 20, end: 4 + 3 },
  ],
] as const)('tells what is left while the %s is in training', (role, at, rest) => {
  const found = restInTraining(plan, role, {
    ...at,
    stage: 0,
    tailSeconds: 4,
    isTailMeasured: false,
    laterPace: 1 / macsPerSecond[role],
  });
  for (const [part, seconds] of Object.entries(rest))
    expect(found[part as keyof typeof found], part).toBeCloseTo(seconds);
});

it('a measured validation is the basis for those to come and of the evaluation, within reason', () => {
  const at = { epoch: 1, step: 40, stepSeconds: 0.5, stage: 0, isTailMeasured: true, laterPace: 1 / 300 };
  const slower = restInTraining(plan, 'student', { ...at, tailSeconds: 1.5 });
  expect(slower.evaluation).toBeCloseTo(20 * 1.5);
  expect(slower.validation).toBeCloseTo(1.5 + 1.5);
  // A checkpoint on a slow disk is no evaluation.
  expect(restInTraining(plan, 'student', { ...at, tailSeconds: 60 }).evaluation).toBeCloseTo(40);
});
