import type { RunEstimate } from '../../contract/estimate.ts';
import type { Handlers } from '../../contract/services.ts';
import { readSettings } from '../user/settings.ts';
import { measuredSpeeds } from './earlier-runs.ts';
import { foreseenTeacher } from './foreseen-teacher.ts';
import { stepRate } from './machine-rate.ts';
import { paceAt, paceOf } from './pace.ts';
import { diskBytes, memoryBytes } from './run-footprint.ts';
import { planRun } from './run-plan.ts';
import { exportSeconds, secondsOf, totalSeconds } from './run-seconds.ts';

/**
 * Time, memory and disk of a run on this machine. A role's seconds are its steps and validations. Its steps are as fast as in the
 * newest completed run that had the same ones. Everything else goes at their average pace, or, where there is none, at that of a
 * small network's steps; images are read as fast as they were last. Early stopping is not foreseen. The basis is 'measured' where
 * every role's steps were.
 */
export const estimateRun: Handlers['training']['estimate'] = async (input, context) => {
  const { recipe, trainImages, validationImages, teacherImages, testImages, classes, runtime } = input;
  const { unlabelledImages: unlabelled } = input;
  const own = { train: trainImages, validation: validationImages };
  const counts = { ...own, test: testImages, classes, teacher: teacherImages ?? own, unlabelled };
  const { backend, traced, secondsPerWork } = await stepRate(runtime);
  const plan = planRun(recipe, counts, await foreseenTeacher(recipe), traced);
  const trainings = [...plan.trainings.values()];
  const { runsFolder } = await readSettings({}, context);
  const speeds = await measuredSpeeds(runsFolder, trainings, runtime, backend);
  const timed = trainings.flatMap((training) => {
    const speed = speeds.get(training.role);
    return speed === undefined ? [] : [[training.role, paceAt(training, speed)] as const];
  });
  const seconds = secondsOf(plan, paceOf(new Map(timed), secondsPerWork));
  const roles = trainings.map(({ role, stages, batchSize }): RunEstimate['roles'][number] => {
    const steps = stages.reduce((sum, { epochs, steps }) => sum + epochs * steps, 0);
    const taken = seconds.trainings.get(role)!;
    const imagesPerSecond = speeds.get(role) ?? (steps * batchSize) / taken.steps;
    return { role, seconds: taken.steps + taken.validation, steps, imagesPerSecond };
  });
  const total = totalSeconds(seconds);
  return {
    roles,
    importSeconds: seconds.import,
    evaluationSeconds: seconds.evaluation + seconds.latency,
    exportSeconds: exportSeconds(seconds),
    totalSeconds: total,
    memoryBytes: memoryBytes(plan, runtime),
    diskBytes: diskBytes(plan, total, runtime),
    basis: trainings.every(({ role }) => speeds.has(role)) ? 'measured' : 'estimated',
    backend,
  };
};
