import type { RunEstimate } from '../../contract/estimate.ts';
import type { Role } from '../../contract/run.ts';
import type { Handlers } from '../../contract/services.ts';
import { readSettings } from '../user/settings.ts';
import type { DescribedTeacher } from './described-training.ts';
import { measuredSpeeds } from './earlier-runs.ts';
import { measuredFile } from './file-cost.ts';
import { foreseenTeachers } from './foreseen-teacher.ts';
import { stepRate } from './machine-rate.ts';
import { type Pace, paceAt, paceOf } from './pace.ts';
import { diskBytes, memoryBytes } from './run-footprint.ts';
import { planRun, type RunPlan } from './run-plan.ts';
import { exportSeconds, secondsOf, totalSeconds } from './run-seconds.ts';

type Input = Omit<Parameters<Handlers['training']['estimate']>[0], 'storesLogits'>;

/** A run's plan, and how fast this machine works on it. */
export interface PacedRun {
  plan: RunPlan;
  /** The networks of a teacher that is not trained in it, as far as they are known. */
  given: readonly DescribedTeacher[];
  pace: Pace;
  /** Images per second, by role, of the same steps in an earlier run. */
  speeds: ReadonlyMap<Role, number>;
  backend: string;
  traced: boolean;
}

/**
 * Plans a run and finds its pace. Its steps are as fast as in the newest completed run that had the same ones. Everything else goes at
 * their average pace, or, where there is none, at that of a small network's steps; images are read as fast as they were last.
 */
export async function paceRun(input: Input, context: Parameters<typeof readSettings>[1]): Promise<PacedRun> {
  const { recipe, trainImages, validationImages, teacherImages, testImages, classes, runtime } = input;
  const { unlabelledImages: unlabelled } = input;
  const own = { train: trainImages, validation: validationImages };
  const counts = { ...own, test: testImages, classes, teacher: teacherImages ?? own, unlabelled };
  const { backend, traced, secondsPerWork } = await stepRate(runtime);
  const given = await foreseenTeachers(recipe, (teacher, image) =>
    measuredFile(teacher, image, secondsPerWork),
  );
  const plan = planRun(recipe, counts, given, traced);
  const trainings = [...plan.trainings.values()];
  const { runsFolder } = await readSettings({}, context);
  const speeds = await measuredSpeeds(runsFolder, trainings, runtime, backend);
  const timed = trainings.flatMap((training) => {
    const speed = speeds.get(training.role);
    return speed === undefined ? [] : [[training.role, paceAt(training, speed)] as const];
  });
  return { plan, given, pace: paceOf(new Map(timed), secondsPerWork), speeds, backend, traced };
}

export const basisOf = ({ plan, speeds }: PacedRun): RunEstimate['basis'] =>
  [...plan.trainings.keys()].every((role) => speeds.has(role)) ? 'measured' : 'estimated';

/**
 * Time, memory and disk of a run on this machine. A role's seconds are its steps and validations. Early stopping is not foreseen. The
 * basis is 'measured' where every role's steps were.
 */
export const estimateRun: Handlers['training']['estimate'] = async (input, context) => {
  const paced = await paceRun(input, context);
  const { plan, speeds, backend } = paced;
  const seconds = secondsOf(plan, paced.pace);
  const roles = [...plan.trainings.values()].map(
    ({ role, stages, batchSize }): RunEstimate['roles'][number] => {
      const steps = stages.reduce((sum, { epochs, steps }) => sum + epochs * steps, 0);
      const taken = seconds.trainings.get(role)!;
      const imagesPerSecond = speeds.get(role) ?? (steps * batchSize) / taken.steps;
      return { role, seconds: taken.steps + taken.validation, steps, imagesPerSecond };
    },
  );
  const total = totalSeconds(seconds);
  return {
    roles,
    importSeconds: seconds.import,
    evaluationSeconds: seconds.evaluation + seconds.latency,
    exportSeconds: exportSeconds(seconds),
    totalSeconds: total,
    memoryBytes: memoryBytes(plan, input.runtime),
    diskBytes: diskBytes(plan, total, input),
    basis: basisOf(paced),
    backend,
    includesTeacher: input.recipe.teacher.source === 'train' || paced.given.length > 0,
  };
};
