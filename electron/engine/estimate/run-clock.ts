import type { RunEvent } from '../../contract/events.ts';
import type { Role } from '../../contract/run.ts';
import { timeLeft } from '../../contract/time-left.ts';
import { OtherPrograms } from '../../platform/other-programs.ts';
import { SteadyTime } from '../work/steady-time.ts';
import type { RunForecast } from '../train/callbacks/progress.ts';
import { meanPace, paceOf } from './pace.ts';
import { type RestOfRun, restInTraining } from './rest-of-run.ts';
import type { RunWork } from './run-plan.ts';
import { endSeconds, exportSeconds, type ExportsDone, type RunSeconds, secondsOf } from './run-seconds.ts';

/** Steps of a stage that are still the first ones. */
const firstSteps = 40;
/** From this share on somebody else is to blame. */
const muchOfProcessor = 0.25;
const muchWaiting = 0.3;
/** Between two reports. */
const leastSeconds = 0.5;

export interface RunClockOptions {
  plan: RunWork;
  /** Paces of trainings that an earlier process finished. */
  timed?: Iterable<readonly [Role, number]>;
  emit: (event: RunEvent) => void;
  /** Seconds on a clock that never goes back. */
  now?: () => number;
  /** The share of the processor that other programs take. */
  othersShare?: () => number;
}

/** Estimates the time left of a whole run, through all its phases. */
export class RunClock {
  readonly #options: RunClockOptions;
  readonly #now: () => number;
  readonly #steady = new SteadyTime<keyof RestOfRun>();
  readonly #evaluationLeft = timeLeft();
  readonly #othersShare: () => number;
  /** Seconds for a multiply-accumulate of each role's training steps, as last timed. */
  readonly #paces: Map<Role, number>;
  #rest: RestOfRun | null = null;
  #reported: { at: number; reason: string | null } | null = null;

  constructor(options: RunClockOptions) {
    this.#options = options;
    this.#paces = new Map(options.timed);
    this.#now = options.now ?? (() => performance.now() / 1000);
    const others = new OtherPrograms();
    this.#othersShare = options.othersShare ?? (() => others.share);
  }

  /** For the training of a role. */
  training(role: Role): RunForecast {
    const { plan } = this.#options;
    const { stages, validation } = plan.trainings.get(role)!;
    return {
      stage: (stage) => {
        const { work } = stages[stage]!;
        const pace = this.#paces.get(role) ?? meanPace(this.#paces);
        return { stepSeconds: pace === null ? null : pace * work, tailSteps: validation / work };
      },
      rest: ({ waitShare, ...at }, timing) => {
        if (!timing.isSure) return null;
        const { stepSeconds, tailSeconds, isTailMeasured, steps } = timing;
        this.#paces.set(role, stepSeconds / stages[at.stage]!.work);
        const laterPace = meanPace(this.#paces)!;
        const pace = { ...at, stepSeconds, tailSeconds, isTailMeasured, laterPace };
        const rest = restInTraining(plan, role, pace);
        return this.#report(rest, () => {
          if (steps < firstSteps) return 'The first steps were slower than estimated.';
          if (waitShare > muchWaiting) return 'Training waits for images: reading them has become slower.';
          return this.#slower('The steps have become slower');
        });
      },
    };
  }

  /** The evaluation: `done` of `total` images, over all models. Gives the seconds that it alone will take. */
  evaluation(done: number, total: number): number | null {
    const works = this.#options.plan.evaluation;
    const perModel = total / works.length;
    // Models differ in what an image costs them.
    const work = works.reduce((sum, one, i) => sum + one * Math.min(1, Math.max(0, done / perModel - i)), 0);
    const whole = works.reduce((sum, one) => sum + one, 0);
    const measured = this.#evaluationLeft(work, whole, this.#now() * 1000);
    const foreseen = this.#rest?.evaluation ?? null;
    const evaluation = measured ?? (foreseen === null ? null : foreseen * (1 - work / whole));
    if (evaluation === null) return null;
    const rest = { steps: 0, validation: 0, evaluation, end: endSeconds(this.#whole) };
    this.#report(rest, () => 'The steps have become slower.', foreseen);
    return evaluation;
  }

  /** So much of the exports is done. Gives the seconds that are left. */
  ending(done: ExportsDone): number {
    const end = exportSeconds(this.#whole, done);
    return this.#report({ steps: 0, validation: 0, evaluation: 0, end }, () => '');
  }

  /** What the whole run takes at the pace so far. */
  get #whole(): RunSeconds {
    return secondsOf(this.#options.plan, paceOf(this.#paces));
  }

  #slower(sentence: string): string {
    const others = this.#othersShare();
    return others > muchOfProcessor ? `${sentence}: another program uses the processor.` : `${sentence}.`;
  }

  #report(rest: RestOfRun, whySteps: () => string, foreseenEvaluation: number | null = null): number {
    const now = this.#now();
    // Computed each time, so that it covers the last seconds.
    this.#othersShare();
    // The evaluation's forecast stays the one before it began, to be counted down from.
    this.#rest = foreseenEvaluation === null ? rest : { ...rest, evaluation: foreseenEvaluation };
    const why = (part: keyof RestOfRun): string =>
      ({
        steps: whySteps,
        validation: () => this.#slower('Validation takes longer than estimated'),
        evaluation: () => this.#slower('The evaluation takes longer than estimated'),
        end: () => 'Writing the results takes longer than estimated.',
      })[part]();
    const { seconds, reason } = this.#steady.next(rest, why, now);
    if (this.#reported && now - this.#reported.at < leastSeconds && reason === this.#reported.reason)
      return seconds;
    this.#reported = { at: now, reason };
    this.#options.emit({ type: 'remaining', seconds, reason });
    return seconds;
  }
}
