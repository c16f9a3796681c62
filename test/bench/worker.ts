/**
 * Our side of a measurement, a process of its own: `node worker.ts <workload>`. Computes training steps on noise when it
 * is asked to (participant.ts has the protocol).
 */
import { restartWithAllocatorSettings } from '../../electron/platform/allocator.ts';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { distillationSchema } from '../../electron/contract/distillation.ts';
import { optimizerSchema } from '../../electron/contract/optimizers.ts';
import { chooseBackend } from '../../electron/engine/backend/choose.ts';
import { countParameters, createModel, type Model } from '../../electron/engine/models/index.ts';
import { createDistillation } from '../../electron/engine/distill/distillation.ts';
import { createObjective, type Objective } from '../../electron/engine/distill/objective.ts';
import { liveTeacher } from '../../electron/engine/distill/teacher.ts';
import { soleTeacher } from '../../electron/engine/distill/teachers.ts';
import { Optimizer } from '../../electron/engine/train/optimizer.ts';
import { breathe } from '../../electron/engine/train/batch-source.ts';
import { dropoutMasks, unpack } from '../../electron/engine/train/step.ts';
import { TrainingStep } from '../../electron/engine/train/training-step.ts';
import { noiseBatches } from './noise.ts';
import type { Ready } from './participant.ts';
import { storedLogits } from './stored-logits.ts';
import { batchCount, distillationPreset, warmUpSteps, workloadSchema, type Workload } from './workload.ts';

/** Without a teacher's weights where its logits are stored. */
function objectiveOf(
  { storedLogits: stored, batchSize, classes }: Workload,
  teacher: Model | null,
): Objective {
  const source = stored ? storedLogits(batchCount * batchSize, classes) : teacher && liveTeacher(teacher);
  const distillation =
    source &&
    createDistillation(distillationSchema.parse({ preset: distillationPreset }), {
      student: workload.student,
      teacher: workload.teacher ?? workload.student,
      seed: 1,
    });
  return createObjective({
    distillation,
    teachers: source && soleTeacher(source),
    labelSmoothing: 0,
    epochs: 1,
  });
}

// As the program itself does.
restartWithAllocatorSettings();

const workload = workloadSchema.parse(JSON.parse(process.argv[2] ?? ''));
const started = performance.now();
const choice = await chooseBackend(workload.backend, workload.threads);
const batches = noiseBatches(batchCount, workload);
const model = createModel(workload.student, workload.classes, 1);
const teacher =
  workload.teacher && !workload.storedLogits ? createModel(workload.teacher, workload.classes, 2) : null;
const objective = objectiveOf(workload, teacher);
const optimizer = new Optimizer(model.parameters, optimizerSchema.parse({}));
const hyper = { learningRates: Array.from({ length: model.groups }, () => 1e-3), momentum: 0.9 };
let step: TrainingStep | null = null;
let steps = 0;

/** One step as training takes it, its losses and logits read; ms. */
async function timedStep(): Promise<number> {
  const start = performance.now();
  step ??= new TrainingStep({ model, objective, optimizer, clipNorm: null, trace: workload.trace });
  const batch = batches[steps % batchCount]!;
  const readout = step.run(batch, { epoch: 1, hyper, dropoutMask: dropoutMasks(1, 'bench', steps) });
  const { loss } = await unpack(readout, objective);
  const time = performance.now() - start;
  steps++;
  if (!Number.isFinite(loss)) throw new Error(`The loss of step ${steps} is ${loss}.`);
  await breathe();
  return time;
}

async function burst(count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push(await timedStep());
  return times;
}

const report = (result: Ready | { times: number[] }) => process.stdout.write(`${JSON.stringify(result)}\n`);

/** The backend, and whether the steps are replayed. */
function details(): string {
  const { detail } = choice.findings.find(({ name }) => name === choice.name)!;
  if (step?.traced) return `${detail}, traced`;
  return `${detail}, eager${step?.failure ? ` (${step.failure})` : ''}`;
}

const setUpMs = performance.now() - started;
const warmUpMs = await burst(warmUpSteps);
report({
  details: details(),
  parameters: countParameters(model),
  teacherParameters: teacher && countParameters(teacher),
  setUpMs,
  warmUpMs,
});
for await (const line of createInterface({ input: process.stdin })) {
  const request = z.object({ steps: z.number().int().min(1) }).parse(JSON.parse(line));
  report({ times: await burst(request.steps) });
}
