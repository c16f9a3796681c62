import type { Phase, Role } from '../contract/run.ts';
import type { RunEvent } from '../contract/events.ts';
import { linesWithoutControls } from '../contract/shown-text.ts';
import { duration, percent } from './format.ts';
import type { Meter } from './meter.ts';

type Event<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

const phaseNames: Record<Phase, string> = {
  import: 'reading the dataset',
  // It may be loaded instead.
  teacher: 'preparing the teacher',
  student: 'training the student',
  baseline: 'training the baseline',
  evaluate: 'evaluating the models',
  export: 'writing the results',
};

/** Shows a run's events to people: a line for each phase and epoch that stays, and a meter for what is under way. */
export function runProgress(meter: Meter): (event: RunEvent) => void {
  /** Steps carry no accuracy: it is measured once an epoch. */
  const accuracy = new Map<Role, number>();
  let remaining: Event<'remaining'> | null = null;
  return (event) => {
    switch (event.type) {
      case 'phase':
        meter.line(`[${event.index + 1}/${event.count}] ${phaseNames[event.phase]}`);
        break;
      case 'progress':
        meter.update(event.done, event.total, `${phaseNames[event.phase]}${leftText(event.etaSeconds)}`);
        break;
      case 'step':
        meter.update(
          event.step,
          event.steps,
          stepText(event, remaining?.seconds ?? null, accuracy.get(event.role)),
        );
        break;
      case 'remaining':
        if (event.reason !== null && event.reason !== remaining?.reason)
          meter.line(`Time left is now ${duration(event.seconds)}. ${event.reason}`);
        remaining = event;
        break;
      case 'epoch':
        accuracy.set(event.role, (event.validation ?? event.train).accuracy);
        meter.line(epochText(event));
        break;
      case 'log':
        meter.line(
          linesWithoutControls(event.level === 'warn' ? `warning: ${event.message}` : event.message),
        );
        break;
      case 'state':
        // The command prints its end, once everything about it is known.
        break;
    }
  };
}

/** Behind what is being done; nothing before the time left is known. */
export const leftText = (seconds: number | null, what = ''): string =>
  seconds === null ? '' : `  ${what}${duration(seconds)} left`;

/** The most wanted first: a narrow terminal cuts the end. */
function stepText(step: Event<'step'>, runSeconds: number | null, accuracy: number | undefined): string {
  const times = `${leftText(step.etaEpochSeconds)}${leftText(runSeconds, 'run ')}`;
  const known = accuracy === undefined ? '' : `  accuracy ${percent(accuracy)}`;
  const speed = `${Math.round(step.imagesPerSecond)} images/s`;
  return `${step.role} ${step.epoch}/${step.epochs}${times}  loss ${step.loss.toFixed(3)}${known}  ${speed}`;
}

function epochText(epoch: Event<'epoch'>): string {
  const { train, validation } = epoch;
  const number = String(epoch.epoch).padStart(String(epoch.epochs).length);
  const evaluated = validation ?? train;
  const parts = [
    `${epoch.role} ${number}/${epoch.epochs}`,
    `loss ${train.loss.toFixed(4)}${validation ? `, validation ${validation.loss.toFixed(4)}` : ''}`,
    `accuracy ${percent(evaluated.accuracy)}`,
    `F1 macro ${percent(evaluated.f1Macro)}`,
    `${Math.round(epoch.imagesPerSecond)} images/s`,
    ...(epoch.waitShare >= 0.05 ? [`waited ${percent(epoch.waitShare, 0)}`] : []),
    duration(epoch.seconds),
    ...(epoch.best ? ['best'] : []),
  ];
  return parts.join('  ');
}
