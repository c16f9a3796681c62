import type { SweepState } from '../../../electron/contract/sweep/sweep-status.ts';
import type { StateLook } from '../../components/state-look.ts';

export const sweepLooks: Record<SweepState, StateLook> = {
  running: { label: 'Running', color: 'primary', icon: 'i-lucide-loader-circle' },
  stopping: { label: 'Stopping', color: 'warning', icon: 'i-lucide-loader-circle' },
  stopped: { label: 'Stopped', color: 'warning', icon: 'i-lucide-circle-pause' },
  completed: { label: 'Completed', color: 'success', icon: 'i-lucide-circle-check' },
};

/** Whether a process works on it. */
export const isAtWork = (state: SweepState | null): boolean => state === 'running' || state === 'stopping';
