import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../electron/contract/events.ts';
import type { Role } from '../../../electron/contract/run.ts';
import { paceOf } from '../../../electron/engine/estimate/pace.ts';
import { RunClock } from '../../../electron/engine/estimate/run-clock.ts';
import type { RunWork } from '../../../electron/engine/estimate/run-plan.ts';
import { exportSeconds, secondsOf } from '../../../electron/engine/estimate/run-seconds.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import { Timing } from '../../../electron/engine/train/timing.ts';

/** Teacher, student, baseline; two stages each, the first with the body frozen; a unit of work is meant to be 10 ms of a step. */
const stages = (work: number) => [
  { epochs: 2, steps: 60, work: 0.7 * work },
  { epochs: 4, steps: 60, work },
];
const plan: RunWork = {
  imported: 0,
  trainings: new Map([
    ['teacher', { stages: stages(30), validation: 150 }],
    ['student', { stages: stages(20), validation: 150 }],
    ['baseline', { stages: stages(10), validation: 50 }],
  ]),
  evaluation: [900, 300, 300],
  end: {
    latency: 1,
    exports: 1,
    calibration: { seconds: 0, work: 100 },
    checks: { seconds: 1, work: 100 },
  },
};

/** How a machine differs from the plan: factors of what each thing should take, at a second of the run. */
interface Machine {
  step?: (role: Role, number: number, at: number) => number;
  /** Seconds more, in the step with this number (of its role, 0-based). */
  extra?: (role: Role, number: number) => number;
  validation?: number;
  evaluation?: number;
  end?: number;
  others?: number;
}

interface Reported {
  at: number;
  seconds: number;
  reason: string | null;
}

/** A whole run on a machine, by a simulated clock; gives all that was reported, and when the run ended. */
function simulate(machine: Machine): { reported: Reported[]; end: number } {
  let now = 1000;
  const reported: Reported[] = [];
  const emit = (event: RunEvent) => {
    if (event.type === 'remaining')
      reported.push({ at: now - 1000, seconds: event.seconds, reason: event.reason });
  };
  const clock = new RunClock({ plan, emit, now: () => now, othersShare: () => machine.others ?? 0 });
  const unit = 0.01;
  for (const [role, training] of plan.trainings) {
    const forecast = clock.training(role);
    const timing = new Timing(() => now);
    let [epoch, number] = [1, 0];
    for (const [stage, { epochs, steps, work }] of training.stages.entries()) {
      timing.stageStarts(forecast.stage(stage));
      for (let e = 0; e < epochs; e++, epoch++) {
        timing.epochStarts();
        for (let step = 1; step <= steps; step++, number++) {
          const factor = machine.step?.(role, number, now - 1000) ?? 1;
          now += unit * work * factor + (machine.extra?.(role, number) ?? 0);
          timing.stepEnds();
          forecast.rest({ stage, epoch, step, waitShare: 0 }, timing);
        }
        timing.trainingEnds();
        now += unit * training.validation * (machine.validation ?? 1);
        timing.epochEnds();
        forecast.rest({ stage, epoch: epoch + 1, step: 0, waitShare: 0 }, timing);
      }
    }
  }
  const images = 100;
  for (const [model, work] of plan.evaluation.entries())
    for (let image = 1; image <= images; image++) {
      now += (unit * work * (machine.evaluation ?? 1)) / images;
      clock.evaluation(model * images + image, plan.evaluation.length * images);
    }
  const seconds = secondsOf(plan, paceOf(new Map(), unit));
  now += seconds.latency;
  for (let part = 1; part <= 10; part++) {
    now += (exportSeconds(seconds) / 10) * (machine.end ?? 1);
    clock.ending({ written: part / 10, calibrated: part / 10, checked: part / 10 });
  }
  return { reported, end: now - 1000 };
}

const noise = random(5, 'machine');
const machines: Record<string, Machine> = {
  'as planned': {},
  'with jitter': { step: () => 0.7 + 0.6 * noise.float() },
  'whose first steps build graphs': { extra: (_, number) => (number < 3 ? 6 : 0) },
  'that stalls now and then': { extra: (_, number) => (number % 97 === 50 ? 4 : 0) },
  'that becomes twice as slow for good': { step: (_, __, at) => (at > 60 ? 2 : 1), others: 0.5 },
  'that is slow for a minute': { step: (_, __, at) => (at > 60 && at < 120 ? 3 : 1) },
  'where the student costs thrice what was planned': { step: (role) => (role === 'student' ? 3 : 1) },
  'where the student costs a third': { step: (role) => (role === 'student' ? 1 / 3 : 1) },
  'where validation is slow': { validation: 6 },
  'where the evaluation is slow': { evaluation: 8 },
  'where the exports are slow': { end: 4 },
  'with all of it': {
    step: (role, number) =>
      (0.6 + 0.8 * noise.float()) * (role === 'baseline' ? 2 : 1) * (number > 200 ? 1.4 : 1),
    extra: (_, number) => (number < 2 ? 4 : number % 150 === 9 ? 3 : 0),
    validation: 3,
    evaluation: 2,
  },
};

/** Whole seconds, as they are shown. */
const shown = (seconds: number) => Math.round(seconds);

describe('the time left of a run, on a machine', () => {
  it.each(Object.entries(machines))('%s: never rises by more than a fifth without a reason', (_, machine) => {
    const { reported, end } = simulate(machine);
    expect(reported.length).toBeGreaterThan(end / 2);
    let least = Infinity;
    for (const { at, seconds, reason } of reported) {
      if (reason !== null && shown(seconds) > 1.2 * least) least = shown(seconds);
      expect(shown(seconds), `at ${at.toFixed(1)} s, after ${least}`).toBeLessThanOrEqual(1.2 * least);
      least = Math.min(least, shown(seconds));
    }
  });

  it.each(Object.entries(machines))('%s: comes near the truth, and ends with it', (name, machine) => {
    const { reported, end } = simulate(machine);
    // In the last third nothing new happens, but for what is slow at the very end.
    const late = reported.filter(({ at }) => at > 0.67 * end && at < 0.8 * end);
    const isEndSlow = machine.evaluation !== undefined || machine.end !== undefined;
    // Nobody can know what the baseline will cost beside a student that is not as planned.
    const tolerance = name.startsWith('where the student') ? 0.25 : 0.15;
    if (!isEndSlow)
      for (const { at, seconds } of late)
        expect(Math.abs(seconds - (end - at))).toBeLessThan(tolerance * end);
    expect(reported.at(-1)!.seconds).toBeLessThan(1);
  });

  it('is right from the first steps on where the machine is as planned', () => {
    const { reported, end } = simulate({});
    for (const { at, seconds } of reported) expect(Math.abs(seconds - (end - at))).toBeLessThan(0.06 * end);
  });

  it('goes on at the pace of what an earlier process trained', () => {
    const clock = new RunClock({ plan, timed: [['teacher', 0.01]], emit: () => undefined });
    expect(clock.training('student').stage(1).stepSeconds).toBeCloseTo(0.01 * 20);
    // All of the end but its latency: 1 + 100 * 0.01 + 1 + 100 * 0.01.
    expect(clock.ending({ written: 0, calibrated: 0, checked: 0 })).toBeCloseTo(4);
  });

  const reasonsOf = (machine: Machine) =>
    new Set(simulate(machine).reported.flatMap(({ reason }) => reason ?? []));

  it('gives the reason why it rises', () => {
    expect(reasonsOf({})).toEqual(new Set());
    expect(reasonsOf(machines['whose first steps build graphs']!)).toEqual(new Set());
    expect(reasonsOf(machines['where the student costs thrice what was planned']!)).toContain(
      'The first steps were slower than estimated.',
    );
    expect(reasonsOf(machines['that becomes twice as slow for good']!)).toContain(
      'The steps have become slower: another program uses the processor.',
    );
    expect(reasonsOf(machines['where validation is slow']!)).toContain(
      'Validation takes longer than estimated.',
    );
    expect(reasonsOf(machines['where the evaluation is slow']!)).toContain(
      'The evaluation takes longer than estimated.',
    );
  });
});
