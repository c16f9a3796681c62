import { expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../electron/contract/recipe.ts';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { endSeconds, exportShare, planEnd, wholeEnd } from '../../../electron/engine/estimate/run-end.ts';
import { networkCost } from '../../../electron/engine/models/cost.ts';

const model = { architecture: 'cifar_resnet8', width: 16, stem: 'small' } as const;
const [small, large] = [32, 64].map((size) => networkCost(modelSchema.parse(model), 10, size));
const images = { train: 5000, validation: 1000, test: 6000 };
const pace = 1e-9;

const seconds = (
  exports: RecipeInput['exports'],
  of = images,
  network = small!,
  at: number | null = pace,
) => {
  const recipe = recipeSchema.parse({
    version: 1,
    name: 'r',
    teacher: { source: 'train', model },
    student: { model },
    exports,
  });
  return endSeconds(planEnd(recipe, of, network), at);
};

it('checks take the longer the more test images and work there are, and the slower this machine is', () => {
  expect(seconds(['report', 'csv']).checks).toBe(0);
  const one = seconds(['report', 'onnx']).checks;
  expect(one).toBeGreaterThan(0);
  expect(seconds(['onnx', 'onnx-fp16']).checks).toBeCloseTo(2 * one, 10);
  expect(seconds(['onnx'], { ...images, test: 12_000 }).checks).toBeGreaterThan(one);
  expect(seconds(['onnx'], images, large).checks).toBeGreaterThan(one);
  expect(seconds(['onnx'], images, small, 2 * pace).checks).toBeGreaterThan(1.5 * one);
});

it('calibrating takes its passes over training and validation images at the pace of this machine', () => {
  expect(seconds(['onnx', 'tflite']).calibration).toBe(0);
  const one = seconds(['onnx-int8']).calibration;
  // 512 images twice, 1,000 four times.
  const none = seconds(['onnx-int8'], images, small, 0).calibration;
  const twice = seconds(['onnx-int8'], { ...images, validation: 2256 }).calibration;
  expect((twice - none) / (one - none)).toBeCloseTo((2 * 512 + 4 * 2256) / (2 * 512 + 4 * 1000), 6);
  // Without validation images, 2,048 training images are held out for it.
  const held = seconds(['onnx-int8'], { ...images, validation: 0 }).calibration;
  expect((held - none) / (one - none)).toBeCloseTo((2 * 512 + 4 * 2048) / (2 * 512 + 4 * 1000), 6);
  expect(seconds(['onnx-int8'], images, small, 3 * pace).calibration - none).toBeCloseTo(3 * (one - none), 6);
});

it('all int8 formats are calibrated once, and the network of two of them is checked once', () => {
  const one = seconds(['tflite-int8']);
  const both = seconds(['tflite-int8', 'microcontroller']);
  expect(both.calibration).toBe(one.calibration);
  expect(both.checks).toBe(one.checks);
  expect(both.exports).toBeGreaterThan(one.exports);
});

it('where nothing was timed, there is an estimate all the same', () => {
  const { checks } = seconds(['onnx'], images, small, null);
  expect(checks).toBeGreaterThan(seconds(['onnx'], images, small, 0).checks);
});

it('the share of the exports goes by time, from none to all', () => {
  const parts = { latency: 2, exports: 1, calibration: 2, checks: 1 };
  expect(wholeEnd(parts)).toBe(6);
  expect(exportShare(parts, { written: 0, calibrated: 0, checked: 0 })).toBe(0);
  expect(exportShare(parts, { written: 1, calibrated: 0, checked: 0 })).toBeCloseTo(1 / 4);
  expect(exportShare(parts, { written: 1, calibrated: 0.5, checked: 0 })).toBeCloseTo(1 / 2);
  expect(exportShare(parts, { written: 1, calibrated: 1, checked: 1 })).toBe(1);
  const nothing = { latency: 2, exports: 0, calibration: 0, checks: 0 };
  expect(exportShare(nothing, { written: 0, calibrated: 0, checked: 0 })).toBe(1);
});
