import { expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../electron/contract/recipe.ts';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { planEnd } from '../../../electron/engine/estimate/end-work.ts';
import { paceOf } from '../../../electron/engine/estimate/pace.ts';
import {
  endSeconds,
  exportSeconds,
  secondsOf,
  totalSeconds,
  trainingSeconds,
} from '../../../electron/engine/estimate/run-seconds.ts';
import { networkCost } from '../../../electron/engine/models/cost.ts';

const model = { architecture: 'cifar_resnet8', width: 16, stem: 'small' } as const;
const [small, large] = [32, 64].map((size) => networkCost(modelSchema.parse(model), 10, size));
const images = { train: 5000, validation: 1000, test: 6000 };
const pace = 1e-9;

const usual = paceOf(new Map(), pace);
const seconds = (exports: RecipeInput['exports'], of = images, network = small!, at = usual) => {
  const recipe = recipeSchema.parse({
    version: 1,
    name: 'r',
    teacher: { source: 'train', model },
    student: { model },
    exports,
  });
  const end = planEnd(recipe, of, network, 1);
  return secondsOf({ imported: 0, trainings: new Map(), evaluation: [], end }, at);
};

it('checks take the longer the more test images and work there are, and the slower this machine is', () => {
  expect(seconds(['report', 'csv']).checks).toBe(0);
  const one = seconds(['report', 'onnx']).checks;
  expect(one).toBeGreaterThan(0);
  expect(seconds(['onnx', 'onnx-fp16']).checks).toBeCloseTo(2 * one, 10);
  expect(seconds(['onnx'], { ...images, test: 12_000 }).checks).toBeGreaterThan(one);
  expect(seconds(['onnx'], images, large).checks).toBeGreaterThan(one);
  expect(seconds(['onnx'], images, small, paceOf(new Map(), 2 * pace)).checks).toBeGreaterThan(1.5 * one);
});

it('calibrating takes its passes over training and validation images at the pace of this machine', () => {
  expect(seconds(['onnx', 'tflite']).calibration).toBe(0);
  const one = seconds(['onnx-int8']).calibration;
  // 512 images twice, 1,000 four times.
  const none = seconds(['onnx-int8'], images, small, paceOf(new Map(), 0)).calibration;
  const twice = seconds(['onnx-int8'], { ...images, validation: 2256 }).calibration;
  expect((twice - none) / (one - none)).toBeCloseTo((2 * 512 + 4 * 2256) / (2 * 512 + 4 * 1000), 6);
  // Without validation images, 2,048 training images are held out for it.
  const held = seconds(['onnx-int8'], { ...images, validation: 0 }).calibration;
  expect((held - none) / (one - none)).toBeCloseTo((2 * 512 + 4 * 2048) / (2 * 512 + 4 * 1000), 6);
  expect(seconds(['onnx-int8'], images, small, paceOf(new Map(), 3 * pace)).calibration - none).toBeCloseTo(
    3 * (one - none),
    6,
  );
});

it('all int8 formats are calibrated once, and the network of two of them is checked once', () => {
  const one = seconds(['tflite-int8']);
  const both = seconds(['tflite-int8', 'microcontroller']);
  expect(both.calibration).toBe(one.calibration);
  expect(both.checks).toBe(one.checks);
  expect(both.exports).toBeGreaterThan(one.exports);
});

it('where nothing was timed, there is an estimate all the same', () => {
  const { checks } = seconds(['onnx'], images, small, paceOf(new Map()));
  expect(checks).toBeGreaterThan(seconds(['onnx'], images, small, paceOf(new Map(), 0)).checks);
});

it('prices each part of a run by its own pace, and what is left of the exports by their parts', () => {
  const end = {
    latency: 2,
    exports: 1,
    calibration: { seconds: 1, work: 10 },
    checks: { seconds: 0, work: 20 },
  };
  const trainings = new Map([
    ['teacher', { stages: [{ epochs: 2, steps: 5, work: 30 }], validation: 40 }],
    ['student', { stages: [{ epochs: 1, steps: 5, work: 6 }], validation: 20 }],
  ] as const);
  const work = { imported: 300, trainings, evaluation: [60, 40], end };
  const steps = (role: string) => (role === 'teacher' ? 0.1 : 0.2);
  const found = secondsOf(work, { steps, forward: 0.5, end: 0.3, image: 0.01 });
  const expected = { import: 3, evaluation: 50, latency: 2, exports: 1, calibration: 4, checks: 6 };
  for (const [part, taken] of Object.entries(expected))
    expect(found[part as keyof typeof expected], part).toBeCloseTo(taken);
  // 2 * 5 * 30 at 0.1 and 2 * 40 at 0.5; 5 * 6 at 0.2 and 20 at 0.5.
  expect(found.trainings.get('teacher')).toEqual({ steps: 30, validation: 40 });
  expect(found.trainings.get('student')).toEqual({ steps: 6, validation: 10 });
  expect(trainingSeconds(found)).toEqual({ steps: 36, validation: 50 });
  expect(endSeconds(found)).toBeCloseTo(13);
  expect(totalSeconds(found)).toBeCloseTo(3 + 86 + 50 + 13);
  expect(exportSeconds(found)).toBeCloseTo(11);
  expect(exportSeconds(found, { written: 1, calibrated: 0.5, checked: 0 })).toBeCloseTo(2 + 6);
  expect(exportSeconds(found, { written: 1, calibrated: 1, checked: 1 })).toBe(0);
});

it('what was not timed goes at the mean pace of what was', () => {
  const { steps, forward, end } = paceOf(
    new Map([
      ['teacher', 1],
      ['student', 4],
    ]),
    100,
  );
  expect([steps('teacher'), steps('student'), steps('baseline'), forward, end]).toEqual([1, 4, 2, 2, 2]);
});
