import type { RunPosition } from '../../contract/position.ts';
import type { RunState, StopMode } from '../../contract/run.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import type { RunningWorker } from '../../contract/worker.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';

/** A run that is at work in this engine, or waits to be. */
export interface ActiveRun {
  /** As it was when it was queued, and held by this process until a worker has taken it over. */
  run: RunFolder;
  /** null before its turn. */
  worker: RunningWorker | null;
  /** As the last event has it. */
  state: RunState;
  /** How it was asked to end before its time. */
  asked: StopMode | null;
  /** null before the work begins. */
  position: RunPosition | null;
  ended: Promise<RunSummary>;
}

/** The worker writes down that it is to stop after its step only. */
export const asOfNow = (summary: RunSummary, { state }: ActiveRun): RunSummary =>
  summary.state === 'running' && state === 'stopping' ? { ...summary, state } : summary;
