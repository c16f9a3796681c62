import type { CallPhase, CallProgress } from '../contract/method.ts';
import type { Output } from './output.ts';

const names: Record<CallPhase, string> = {
  import: 'reading the dataset',
  search: 'trying learning rates',
  write: 'writing files',
  calibrate: 'fitting int8',
  check: 'checking on the test images',
};

/** Shows a call that does one thing after another; `main`: what it does where it does not say. */
export function phaseProgress(output: Output, main: CallPhase): (progress: CallProgress) => void {
  const tell = new Map<CallPhase, (progress: CallProgress) => void>();
  return (progress) => {
    const phase = progress.phase ?? main;
    const told = tell.get(phase) ?? output.progress(names[phase]);
    tell.set(phase, told);
    told(progress);
  };
}
