import type { CallPhase, CallProgress } from '../contract/method.ts';
import type { Output } from './output.ts';

const names: Record<CallPhase, string> = {
  import: 'reading the dataset',
  search: 'trying learning rates',
  write: 'writing files',
  calibrate: 'fitting int8',
  check: 'checking on the test images',
};

/** Shows a call that does one thing after another; `main`: what it does without a phase of its own. */
export function phaseProgress(output: Output, main: CallPhase): (progress: CallProgress) => void {
  const reporters = new Map<CallPhase, (progress: CallProgress) => void>();
  return (progress) => {
    const phase = progress.phase ?? main;
    const report = reporters.get(phase) ?? output.progress(names[phase]);
    reporters.set(phase, report);
    report(progress);
  };
}
