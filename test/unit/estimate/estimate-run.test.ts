import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { type Recipe, recipeSchema, type RecipeInput } from '../../../electron/contract/recipe.ts';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { onnxTeacherSchema } from '../../../electron/contract/recipe/teacher.ts';
import type { Role } from '../../../electron/contract/run.ts';
import { type Runtime, runtimeSchema } from '../../../electron/contract/runtime.ts';
import {
  type DescribedFile,
  describeTrainings,
} from '../../../electron/engine/estimate/described-training.ts';
import { measuredSpeeds } from '../../../electron/engine/estimate/earlier-runs.ts';
import { estimateRun } from '../../../electron/engine/estimate/estimate-run.ts';
import { measuredFile, unmeasuredFile } from '../../../electron/engine/estimate/file-cost.ts';
import { foreseenTeachers } from '../../../electron/engine/estimate/foreseen-teacher.ts';
import { drawnPixelWork } from '../../../electron/engine/estimate/run-plan.ts';
import { forwardWork, networkCost, stepWork } from '../../../electron/engine/models/cost.ts';
import { encodeSafetensors } from '../../../electron/engine/models/weights/safetensors.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import type { RunContext } from '../../../electron/engine/run/run-context.ts';
import type { Candidate } from '../../../electron/engine/run/candidate.ts';
import { startClock } from '../../../electron/engine/run/start-clock.ts';
import { Timing } from '../../../electron/engine/train/timing.ts';
import { meansNetwork } from '../deployed/onnx-files.ts';
import { fakeReport } from '../export/fake-run.ts';
import { context } from './support.ts';

/** Seconds for a multiply-accumulate of this machine's training steps. */
const pace = vi.hoisted(() => 1e-8);
vi.mock('../../../electron/engine/estimate/machine-rate.ts', () => ({
  stepRate: ({ trace }: Runtime) =>
    Promise.resolve({ backend: 'onnxruntime', traced: trace !== 'off', secondsPerWork: pace }),
}));
vi.mock('../../../electron/engine/backend/trace.ts', () => ({
  tracesSteps: (trace: Runtime['trace']) => trace !== 'off',
}));

const [learner, large] = [
  { architecture: 'cifar_resnet8', width: 16, stem: 'small' },
  { architecture: 'cifar_resnet20', width: 16, stem: 'small' },
] as const;
const costOf = (model: typeof learner | typeof large, size: number) =>
  networkCost(modelSchema.parse(model), 10, size);
const image = { size: 32 };

let folder: string;
/** Weights of a teacher that sees images of 48 pixels. */
let teacherFile: string;
const oldHome = process.env['DISTILL_HOME'];

/** A file with no weights that says which network it holds and how that sees images. */
const describedFile = (size: number) =>
  encodeSafetensors(new Map(), {
    model: JSON.stringify(modelSchema.parse(large)),
    image: JSON.stringify({ ...recipe().data.image, size }),
  });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'distill-estimate-'));
  process.env['DISTILL_HOME'] = path.join(folder, 'home');
  teacherFile = path.join(folder, 'teacher.safetensors');
  await writeFile(teacherFile, describedFile(48));
});
afterAll(async () => {
  if (oldHome === undefined) delete process.env['DISTILL_HOME'];
  else process.env['DISTILL_HOME'] = oldHome;
  await rm(folder, { recursive: true });
});

const recipe = (changes: Partial<RecipeInput> = {}): Recipe =>
  recipeSchema.parse({
    version: 2,
    name: 'r',
    data: { image },
    teacher: { source: 'train', model: large, training: { batchSize: 10, stages: [{ epochs: 2 }] } },
    student: { model: learner, training: { batchSize: 20, stages: [{ epochs: 3 }] } },
    evaluation: { tta: { counts: [] } },
    exports: [],
    ...changes,
  });

const indices = (count: number) => Array.from({ length: count }, (_, i) => i);
/** 10 steps of the teacher in an epoch, 5 of the student. */
const [train, validation, testImages] = [100, 20, 50];

describe.each<{
  name: string;
  changes?: Partial<RecipeInput>;
  /** Where it is not trained here: the size of its images. */
  teacherSize?: number;
  trace?: Runtime['trace'];
  /** Passes over each test image. */
  passes?: number;
  /** Of the exports: seconds, and multiply-accumulates of recorded steps. */
  end?: { seconds: number; work: number };
}>([
  { name: 'a trained teacher and a baseline' },
  { name: 'no baseline', changes: { baseline: false } },
  { name: 'a given teacher that sees larger images', teacherSize: 48 },
  { name: 'steps that are not recorded', trace: 'off' },
  { name: 'test-time augmentation', changes: { evaluation: { tta: { counts: [2, 4] } } }, passes: 1 + 1 + 4 },
  // Two files and a report are written. Twice 100 images and four times 20 to calibrate; 50 images through each of two runtimes.
  ...(['auto', 'off'] as const).map((trace) => ({
    name: `int8 exports, trace ${trace}`,
    changes: { exports: ['onnx-int8', 'tflite-int8', 'report'] } satisfies Partial<RecipeInput>,
    trace,
    end: {
      seconds: 0.3 + 0.3 + 0.6 + 3 + 0.7 + 0.7,
      work: (1.4 * (200 + 80) + (0.3 + 2.2) * 50) * forwardWork(costOf(learner, 32)),
    },
  })),
])(
  'with $name',
  ({ changes = {}, teacherSize, trace = 'auto', passes = 1, end = { seconds: 0, work: 0 } }) => {
    const given = teacherSize !== undefined;
    const runtime = runtimeSchema.parse({ trace });
    const forwardPace = trace === 'off' ? pace : 1.5 * pace;
    const [student, teacher] = [costOf(learner, 32), costOf(large, teacherSize ?? 32)];
    const [ofStudent, ofTeacher] = [forwardWork(student), forwardWork(teacher)];
    const run = () =>
      recipe({
        ...(given && { teacher: { source: 'weights', path: teacherFile, model: large } }),
        ...changes,
      });
    const seconds: Partial<Record<Role, number>> = {
      ...(!given && {
        teacher: 20 * stepWork(teacher, 10) * pace + 2 * validation * ofTeacher * forwardPace,
      }),
      student:
        15 * (stepWork(student, 20) + 20 * ofTeacher) * pace +
        3 * validation * (ofStudent + ofTeacher) * forwardPace,
      ...(changes.baseline !== false && {
        baseline: 15 * stepWork(student, 20) * pace + 3 * validation * ofStudent * forwardPace,
      }),
    };
    const students = changes.baseline === false ? 1 : 2;
    // Of the passes of test-time augmentation all but two are over copies, which are drawn pixel by pixel.
    const copies = Math.max(0, passes - 2) * testImages;
    const pixels = (teacherSize ?? 32) ** 2 + students * 32 ** 2;
    const evaluation =
      (passes * testImages + validation) * (ofTeacher + students * ofStudent) * forwardPace +
      copies * pixels * drawnPixelWork * pace +
      0.7 * (1 + students);
    // The exported files run in other runtimes, whose pace does not depend on how the run's steps are run.
    const exported = end.seconds + end.work * (trace === 'off' ? pace / 1.5 : pace);
    const afterImport = Object.values(seconds).reduce((sum, one) => sum + one, 0) + evaluation + exported;

    const estimate = () =>
      estimateRun(
        {
          recipe: run(),
          trainImages: train,
          validationImages: validation,
          teacherImages: null,
          testImages,
          unlabelledImages: 0,
          classes: 10,
          storesLogits: false,
          runtime,
        },
        context(),
      );

    it('the estimate before the run is the sum of its parts', async () => {
      const found = await estimate();
      expect(found.roles.map(({ role }) => role)).toEqual(Object.keys(seconds));
      for (const one of found.roles) expect(one.seconds, one.role).toBeCloseTo(seconds[one.role]!, 6);
      expect(found.evaluationSeconds).toBeCloseTo(evaluation, 6);
      expect(found.exportSeconds).toBeCloseTo(exported, 6);
      // At 150 images a second where none were read yet; twice where the teacher sees other pixels.
      expect(found.importSeconds).toBeCloseTo(((given ? 2 : 1) * (train + validation + testImages)) / 150, 6);
      expect(found.totalSeconds).toBeCloseTo(found.importSeconds + afterImport, 6);
      expect(found.basis).toBe('estimated');
    });

    it('the clock of the run agrees at its first steps', () => {
      const split = { train: indices(train), validation: indices(validation) };
      const planned = run();
      const opened = {
        run: { runtime, finished: [] },
        recipe: planned,
        data: {
          classes: indices(10),
          split,
          teacherSplit: split,
          unlabelled: [],
          test: { count: testImages },
        },
        emit: () => undefined,
      } as unknown as RunContext;
      const view = { recipe: { data: { image: { ...planned.data.image, size: teacherSize } } } };
      const candidate = { model: { recipe: modelSchema.parse(large) }, view } as unknown as Candidate;
      const clock = startClock(opened, given ? candidate : null);
      const first = given ? 'student' : 'teacher';
      const stepSeconds = given
        ? (stepWork(student, 20) + 20 * ofTeacher) * pace
        : stepWork(teacher, 10) * pace;
      let now = 0;
      const forecast = clock.training(first);
      const timing = new Timing(() => now);
      timing.stageStarts(forecast.stage(0));
      timing.epochStarts();
      let left: number | null = null;
      let step = 0;
      const perEpoch = given ? 5 : 10;
      for (let epoch = 1; left === null; epoch++)
        for (let inEpoch = 1; inEpoch <= perEpoch && left === null; inEpoch++, step++) {
          now += stepSeconds;
          timing.stepEnds();
          left = forecast.rest({ stage: 0, epoch, step: inEpoch, waitShare: 0 }, timing);
        }
      // Validations of epochs that went by.
      const validations =
        Math.floor((step - 1) / perEpoch) * validation * (ofStudent + ofTeacher) * forwardPace;
      expect(left + step * stepSeconds + validations).toBeCloseTo(afterImport, 6);
    });
  },
);

describe('a run with a given teacher', () => {
  const runtime = runtimeSchema.parse({});
  const makeRun = async (name: string, made: Recipe, size: number | null) => {
    const start = { dataPath: null, runtime, logitsFolder: null, startedAt: new Date() };
    const run = await RunFolder.create(path.join(folder, name), made, start);
    await mkdir(run.path('weights'));
    if (size !== null) await writeFile(run.weightsFile('teacher'), describedFile(size));
    return run;
  };
  const taught = (from: string) => recipe({ teacher: { source: 'run', path: from } });

  test('its teacher sees images as the header of its weights states, or as its own run does', async () => {
    const own = recipe({ data: { image: { size: 64 } } });
    const { folder: untrained } = await makeRun('untrained', own, null);
    const { folder: trained } = await makeRun('trained', own, 48);
    const nothing = () => Promise.resolve(null);
    const seen = async (from: string) =>
      (await foreseenTeachers(taught(from), nothing)).map((found) => found.image.size);
    expect(await seen(untrained)).toEqual([64]);
    expect(await seen(trained)).toEqual([48]);
    expect(await seen(path.join(folder, 'gone'))).toEqual([]);
    expect(await foreseenTeachers(own, nothing)).toEqual([]);
  });

  test('several are what each is; none is known where one is gone', async () => {
    const onnx = path.join(folder, 'means.onnx');
    const network = meansNetwork({ ballast: 5000 });
    await writeFile(onnx, network);
    const { folder: trained } = await makeRun('member', recipe(), 48);
    const ensemble = (from: string) =>
      recipe({
        teacher: {
          source: 'ensemble',
          members: [{ teacher: { source: 'run', path: from } }, { teacher: { source: 'onnx', path: onnx } }],
        },
      });
    const found = await foreseenTeachers(ensemble(trained), unmeasuredFile);
    expect(found).toMatchObject([
      { model: { architecture: 'cifar_resnet20' }, image: { size: 48 } },
      { file: { bytes: network.length, work: 0 } },
    ]);
    expect(await foreseenTeachers(ensemble(path.join(folder, 'gone')), unmeasuredFile)).toEqual([]);
    // Measured, the network's images are those that its graph fixes, and a slower machine has less work in the same time.
    const timed = await foreseenTeachers(ensemble(trained), (one, image) => measuredFile(one, image, pace));
    const [, file] = timed as [unknown, DescribedFile];
    expect(file).toMatchObject({ image: { size: 4 }, file: { bytes: network.length } });
    expect(file.file.work * pace).toBeGreaterThan(0);
    expect(file.file.work * pace).toBeLessThan(10);
    const again = await measuredFile(
      onnxTeacherSchema.parse({ source: 'onnx', path: onnx }),
      recipe().data.image,
      2 * pace,
    );
    expect(again!.file.work).toBeCloseTo(file.file.work / 2);
  });

  test('its speed is that of a student whose teacher sees images of the same size', async () => {
    const given = taught(path.join(folder, 'gone'));
    const run = await makeRun('measured', given, 48);
    await run.setState('running');
    const { result } = fakeReport(['stop', 'go']);
    await run.writeResult({ ...result, backend: 'onnxruntime' });
    await run.setState('completed');
    const speedsWith = (pixels: number) => {
      const teacher = {
        model: modelSchema.parse(large),
        image: { ...given.data.image, size: pixels },
      };
      const trainings = describeTrainings(given, [teacher]);
      return measuredSpeeds(path.join(folder, 'measured'), trainings, runtime, 'onnxruntime');
    };
    expect(Object.fromEntries(await speedsWith(48))).toEqual({ student: 1240.9, baseline: 1240.9 });
    expect(Object.fromEntries(await speedsWith(32))).toEqual({ baseline: 1240.9 });
  });
});
