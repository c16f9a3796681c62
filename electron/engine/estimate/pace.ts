import type { Role } from '../../contract/run.ts';
import { readingRate } from '../data/reading-rate.ts';
import type { PlannedTraining } from './run-plan.ts';

/** How fast a run goes: seconds for a multiply-accumulate of its training steps, which all its work is given in. */
export interface Pace {
  /** Of a role's own steps. */
  steps: (role: Role) => number;
  /** Of validation and evaluation. */
  forward: number;
  /** Of what ends the run. */
  end: number;
  /** Seconds in which an image is read. */
  image: number;
}

/** Where nothing was timed: that of recorded steps on two cores of an AMD EPYC. */
export const usualPace = 1.7e-10;

/** The geometric mean over roles: the cost of one network is a poor guide to another of a different kind. null: none. */
export function meanPace(timed: ReadonlyMap<Role, number>): number | null {
  const logs = [...timed.values()].map(Math.log);
  return logs.length === 0 ? null : Math.exp(logs.reduce((sum, one) => sum + one, 0) / logs.length);
}

/**
 * The pace of a run some of whose trainings were timed. Everything else goes as fast as these do on average, or at the `usual` pace
 * where there are none. Images are read as fast as they were last in this process.
 */
export function paceOf(timed: ReadonlyMap<Role, number>, usual = usualPace): Pace {
  const other = meanPace(timed) ?? usual;
  return { steps: (role) => timed.get(role) ?? other, forward: other, end: other, image: 1 / readingRate() };
}

/** Seconds for a multiply-accumulate of a training whose steps, those of all stages, take so many images a second. */
export function paceAt({ stages, batchSize }: PlannedTraining, imagesPerSecond: number): number {
  const steps = stages.reduce((sum, { epochs, steps }) => sum + epochs * steps, 0);
  const work = stages.reduce((sum, { epochs, steps, work }) => sum + epochs * steps * work, 0);
  return (steps * batchSize) / imagesPerSecond / work;
}
