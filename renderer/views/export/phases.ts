import type { CallPhase } from '../../../electron/contract/method.ts';

/** What an export does one after the other, and what it counts while it does. */
const phases: Record<CallPhase, { label: string; unit: string }> = {
  import: { label: 'Reading the images', unit: 'images' },
  search: { label: 'Searching', unit: '' },
  write: { label: 'Writing the files', unit: 'files' },
  calibrate: { label: 'Calibrating int8 on training images', unit: 'images' },
  check: { label: 'Evaluating the exported networks on the test images', unit: 'images' },
};

export const phaseOf = (phase: CallPhase | undefined): { label: string; unit: string } =>
  phases[phase ?? 'write'];
