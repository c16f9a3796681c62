import type { ErrorValue } from '../../electron/contract/errors.ts';
import { isPaused, type RunState } from '../../electron/contract/run.ts';
import type { StateLook } from '../components/state-look.ts';

const looks: Record<RunState, StateLook> = {
  queued: { label: 'Queued', color: 'neutral', icon: 'i-lucide-hourglass' },
  running: { label: 'Running', color: 'primary', icon: 'i-lucide-loader-circle' },
  stopping: { label: 'Stopping', color: 'warning', icon: 'i-lucide-loader-circle' },
  completed: { label: 'Completed', color: 'success', icon: 'i-lucide-circle-check' },
  cancelled: { label: 'Cancelled', color: 'neutral', icon: 'i-lucide-circle-slash' },
  failed: { label: 'Failed', color: 'error', icon: 'i-lucide-circle-x' },
  interrupted: { label: 'Interrupted', color: 'warning', icon: 'i-lucide-circle-alert' },
};

export const stateLook = (state: RunState, error: ErrorValue | null): StateLook =>
  isPaused(state, error)
    ? { ...looks.interrupted, label: 'Paused', icon: 'i-lucide-circle-pause' }
    : looks[state];
