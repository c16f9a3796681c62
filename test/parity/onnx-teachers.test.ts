import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { distillationSchema } from '../../electron/contract/distillation.ts';
import { modelSchema } from '../../electron/contract/recipe/model.ts';
import { openOnnxClassifier } from '../../electron/engine/deployed/onnx/classifier.ts';
import { listFeatureMaps } from '../../electron/engine/deployed/onnx/list-maps.ts';
import { planes } from '../../electron/engine/deployed/rows.ts';
import { createDistillation } from '../../electron/engine/distill/distillation.ts';
import { createObjective } from '../../electron/engine/distill/objective.ts';
import { liveTeacher } from '../../electron/engine/distill/teacher.ts';
import { soleTeacher } from '../../electron/engine/distill/teachers.ts';
import { stagesOf } from '../../electron/engine/inputs/teacher-stages.ts';
import { createModel } from '../../electron/engine/models/index.ts';
import { Optimizer } from '../../electron/engine/train/optimizer.ts';
import { unpack } from '../../electron/engine/train/step.ts';
import { TrainingStep } from '../../electron/engine/train/training-step.ts';
import { relativeError } from '../support/backends.ts';
import { useNativeBackend } from '../support/native-backend.ts';
import { pythonWith, runPython } from '../support/python.ts';

const size = 32;
const classes = 4;
/** The images of `onnx_teachers.py`. */
const images = Float32Array.from(
  { length: 2 * size * size * 3 },
  (_, i) => ((37 * i + Math.floor(i / 7)) % 256) / 255,
);

const python = pythonWith('torch', 'onnx');
if (!python) console.warn('PyTorch and onnx are not installed: its ONNX files are not tried as teachers.');

let folder: string;
beforeAll(async () => {
  await useNativeBackend();
  folder = await mkdtemp(path.join(tmpdir(), 'onnx-teachers-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Logits of ONNX Runtime by its public interface. */
async function logitsOfRuntime(file: string): Promise<Float32Array> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 4 });
  const { output } = await session.run({ input: new Tensor(planes(images, size), [2, 3, size, size]) });
  await session.release();
  return output!.data as Float32Array;
}

/** Losses of the terms in a few steps of a student that learns from the teacher alone. */
async function learn(file: string): Promise<number[]> {
  const [map] = await listFeatureMaps(file);
  const teacher = await openOnnxClassifier(file, { values: 'unit' }, undefined, { only: map!.tensor });
  const student = createModel(modelSchema.parse({ architecture: 'cifar_resnet8', width: 8 }), classes, 1);
  const { labels, terms } = distillationSchema.parse({
    labels: { weight: 0 },
    terms: [
      { method: 'soft-target', temperature: 4, weight: 1 },
      { method: 'fitnet', student: 'layer1', teacher: 'only', weight: 1 },
    ],
  });
  const distillation = createDistillation(
    { labels, terms },
    { student: student.recipe, teacher: stagesOf(teacher), seed: 1 },
  );
  const objective = createObjective({
    distillation,
    teachers: soleTeacher(liveTeacher(teacher, null, distillation.needs.teacher)),
    labelSmoothing: 0,
    epochs: 1,
  });
  const optimizer = new Optimizer([...student.parameters, ...objective.parameters], {
    name: 'adamw',
    beta2: 0.99,
    epsilon: 1e-5,
    weightDecay: 0,
  });
  const step = new TrainingStep({ model: student, objective, optimizer, clipNorm: null, trace: true });
  const shared = new Float32Array(new SharedArrayBuffer(images.byteLength));
  shared.set(images);
  const batch = { images: shared, labels: Int32Array.of(0, 1), indices: Int32Array.of(0, 1), n: 2 };
  const losses: number[] = [];
  try {
    for (let i = 0; i < 6; i++) {
      const readout = step.run(batch, {
        epoch: 1,
        hyper: { learningRates: Array.from({ length: student.groups }, () => 0.01), momentum: 0.9 },
        dropoutMask: () => {
          throw new Error('This student has no dropout.');
        },
      });
      losses.push((await unpack(readout, objective)).loss);
    }
    expect(step.failure).toBeNull();
    return losses;
  } finally {
    step.dispose();
    optimizer.dispose();
    distillation.dispose();
    student.dispose();
    teacher.dispose();
  }
}

test.skipIf(python === null)(
  'networks that PyTorch exported teach a student',
  { timeout: 300_000 },
  async () => {
    const script = path.join(import.meta.dirname, '..', 'support', 'onnx_teachers.py');
    const written = JSON.parse((await runPython(python!, script, [folder])).trim().split('\n').at(-1)!) as {
      file: string;
      logits: number[];
    }[];
    expect(written.length).toBeGreaterThanOrEqual(3);
    for (const { file, logits } of written) {
      const teacher = await openOnnxClassifier(file, { values: 'unit' });
      expect(teacher.facts).toMatchObject({ layout: 'NCHW', outputs: classes, gives: 'logits' });
      expect(teacher.facts.input.values).toBe('unit');
      const own = teacher.logits(images, 2);
      teacher.dispose();
      expect(relativeError(own, Float32Array.from(logits)), file).toBeLessThan(1e-4);
      expect(relativeError(own, await logitsOfRuntime(file)), file).toBeLessThan(1e-6);
      const losses = await learn(file);
      expect(losses.every(Number.isFinite), file).toBe(true);
      expect(losses.at(-1), file).toBeLessThan(0.9 * losses[0]!);
    }
  },
);
