import { expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../electron/contract/recipe.ts';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { runtimeSchema } from '../../../electron/contract/runtime.ts';
import { paceOf } from '../../../electron/engine/estimate/pace.ts';
import { restInTraining } from '../../../electron/engine/estimate/rest-of-run.ts';
import { countsOf } from '../../../electron/engine/estimate/run-counts.ts';
import {
  diskBytes,
  memoryBytes,
  runFolderBytes,
  storedLogitBytes,
} from '../../../electron/engine/estimate/run-footprint.ts';
import { planRun, type RunPlan, type RunWork } from '../../../electron/engine/estimate/run-plan.ts';
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
  const { trainings, evaluation } = planRun(recipe(), data, [], false);
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
  expect(planRun(recipe(), data, [], true).evaluation[0]! / evaluation[0]!).toBeCloseTo(1.5);
});

it('a stage that freezes layers has cheaper steps', () => {
  const stages = [{ epochs: 1, freezeTo: -1 }, { epochs: 1 }];
  const frozen = recipe({ student: { model, training: { batchSize: 10, stages } } });
  const [head, all] = planRun(frozen, data, [], false).trainings.get('student')!.stages;
  expect(head!.work).toBeLessThan(all!.work);
});

it('counts the images of a teacher that learns more classes', () => {
  const teacherSplit = { train: indices(200), validation: indices(40) };
  const { trainings } = planRun(
    recipe(),
    countsOf({ classes, split, teacherSplit, unlabelled: [] }, 50),
    [],
    false,
  );
  expect(trainings.get('teacher')!.stages[0]!.steps).toBe(20);
  expect(trainings.get('student')!.stages[0]!.steps).toBe(10);
});

it('a teacher with images of its own costs what they cost, and has them prepared besides', () => {
  const teacher = { source: 'train', model, image: { size: 64 } } as const;
  const { trainings, decoded, imported } = planRun(recipe({ teacher }), data, [], false);
  const own = networkCost(modelSchema.parse(model), 10, 64);
  expect(trainings.get('teacher')!.validation).toBe(20 * forwardWork(own));
  expect(trainings.get('student')!.validation).toBe(20 * (forwardWork(cost) + forwardWork(own)));
  expect([decoded, imported]).toEqual([[size, 64].map((side) => ({ images: 170, size: side })), 340]);
});

it('images without labels make more steps of the same size, of the student; its baseline sees the labelled ones of each', () => {
  const mixed = recipe({ data: { image: { size }, unlabelled: { paths: ['more'], share: 0.6 } } });
  const counts = countsOf({ classes, split, teacherSplit: split, unlabelled: indices(500) }, 50);
  const { trainings, imported } = planRun(mixed, counts, [], false);
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
  const { evaluation } = planRun(copied, data, [], false);
  const drawing = evaluation.map((work) => work - images * forwardWork(cost));
  // At the pace of two cores of an AMD EPYC, one of which takes 0.03 ms to draw a copy of 32 px.
  const seconds = drawing.map((work) => work * paceOf(new Map()).forward);
  for (const taken of seconds) expect(Math.abs(taken / ((50 * 4 * 0.03e-3) / 2) - 1)).toBeLessThan(0.2);
  // Without augmentation the copies are the images as they are.
  const plain = recipe({ data: { image: { size }, augment: null }, evaluation: { tta: { counts: [2, 4] } } });
  expect(planRun(plain, data, [], false).evaluation[0]).toBe(images * forwardWork(cost));
});

it('a given teacher that sees other pixels is priced by its own, also in memory', () => {
  const given = recipe({ teacher: { source: 'weights', path: 'teacher.pth', model }, baseline: false });
  const planAt = (pixels: number) =>
    planRun(
      given,
      data,
      [{ model: given.student.model, image: { ...given.data.image, size: pixels } }],
      true,
    );
  const [same, larger] = [planAt(size), planAt(48)];
  const at48 = networkCost(modelSchema.parse(model), 10, 48);
  expect([...larger.trainings.keys()]).toEqual(['student']);
  expect(larger.trainings.get('student')!.stages[0]!.work).toBe(stepWork(cost, 10) + 10 * forwardWork(at48));
  expect(larger.evaluation).toEqual([at48, cost].map((one) => 70 * (1.5 * forwardWork(one))));
  expect([same.imported, larger.imported]).toEqual([170, 340]);
  // Its decoded images, a byte a value; four batches of ten of them in float32; its activations.
  const values = 48 * 48 * 3;
  const runtime = runtimeSchema.parse({});
  expect(memoryBytes(larger, runtime) - memoryBytes(same, runtime)).toBeCloseTo(
    170 * values + 4 * 10 * values * 4 + teacherBytes(at48, 10) - teacherBytes(cost, 10),
    -1,
  );
});

it('a teacher in a file, and several, are priced in time, memory and on the disk', () => {
  const members = ['a.onnx', 'b.onnx'].map((path) => ({ teacher: { source: 'onnx' as const, path } }));
  const given = recipe({ teacher: { source: 'ensemble', members }, baseline: false });
  const { image } = given.data;
  const file = { file: { bytes: 7e6, work: 1e6 }, image: { ...image, size: 48 } };
  const network = { model: given.student.model, image };
  const [alone, both] = [[network], [file, network, file]].map((teachers) =>
    planRun(given, data, teachers, true),
  ) as [RunPlan, RunPlan];
  const student = (plan: RunPlan) => plan.trainings.get('student')!;
  // A batch has ten images; a file takes as long alone as within a step.
  expect(student(both).stages[0]!.work - student(alone).stages[0]!.work).toBeCloseTo(10 * 2e6);
  expect(student(both).validation - student(alone).validation).toBeCloseTo(20 * 2e6);
  expect(both.evaluation.map((work, i) => Math.round(work - alone.evaluation[i]!))).toEqual([70 * 2e6, 0]);
  expect([alone.imported, both.imported]).toEqual([170, 340]);
  // Three times the bytes of each file; one view more, a byte a value, of which four batches are in memory as float32.
  const runtime = runtimeSchema.parse({});
  const values = 48 * 48 * 3;
  expect(memoryBytes(both, runtime) - memoryBytes(alone, runtime)).toBeCloseTo(
    2 * 3 * 7e6 + 170 * values + 4 * 10 * values * 4,
    -1,
  );
  // The run keeps a copy of each file. The one network's weights are exported besides, those of several are not.
  expect(runFolderBytes(both, 0) - runFolderBytes(alone, 0)).toBe(2 * 7e6 - cost.weightBytes);
  // Three epochs of 100 images, and 20 for validation; ten classes of two bytes; a store for each teacher.
  const stored = (plan: RunPlan) =>
    diskBytes(plan, 0, { runtime, storesLogits: true }) -
    diskBytes(plan, 0, { runtime, storesLogits: false });
  expect([stored(alone), stored(both)]).toEqual([320 * 10 * 2, 3 * 320 * 10 * 2]);
});

it('stored logits: once without augmentation, with the unlabelled images of each epoch, none where features are compared', () => {
  const bytesOf = (changes: Partial<RecipeInput>, unlabelled: number) => {
    const counts = countsOf({ classes, split, teacherSplit: split, unlabelled: indices(unlabelled) }, 50);
    return storedLogitBytes(planRun(recipe(changes), counts, [], true));
  };
  expect(bytesOf({ data: { image: { size }, augment: null } }, 0)).toBe((100 + 20) * 10 * 2);
  // Six of ten images of each of 25 steps have no label.
  const unlabelled = { paths: ['more'], share: 0.6 };
  expect(bytesOf({ data: { image: { size }, unlabelled } }, 500)).toBe((3 * (100 + 25 * 6) + 20) * 10 * 2);
  const terms = [{ method: 'fitnet' as const, student: 'layer1', teacher: 'layer1', weight: 1 }];
  expect(bytesOf({ distillation: { terms } }, 0)).toBe(0);
  // The penultimate vector, 64 units of this teacher, is kept beside the logits.
  const onVectors = { terms: [{ method: 'pkt' as const }] };
  expect(bytesOf({ distillation: onVectors }, 0)).toBe((3 * 100 + 20) * (10 + 64) * 2);
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
