import type { ErrorValue } from './errors.ts';
import type { EpochEvent, StepEvent } from './metrics.ts';
import type { Probe } from './probes.ts';
import type { Phase, RunState } from './run.ts';

/** What a run emits while it goes on. `step` and `epoch` are also the lines of metrics.jsonl. */
export type RunEvent =
  | { type: 'state'; state: RunState; error: ErrorValue | null }
  /** `index` of `count` phases, 0-based. */
  | { type: 'phase'; phase: Phase; index: number; count: number }
  | { type: 'progress'; phase: Phase; done: number; total: number; etaSeconds: number | null }
  /** `recorded`, to windows: whether metrics.jsonl keeps it. Curves are made of those, so that all windows show the same, now and later. */
  | (StepEvent & { recorded?: boolean })
  | EpochEvent
  /** The time that the whole run will still take, and in a sentence why it has risen, where it has. */
  | { type: 'remaining'; seconds: number; reason: string | null }
  /** A model's predictions for the watched images, after an epoch. */
  | { type: 'probe'; probe: Probe }
  | { type: 'log'; level: 'info' | 'warn'; message: string };
