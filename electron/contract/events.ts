import type { ErrorValue } from './errors.ts';
import type { EpochScores } from './metrics.ts';
import type { Probe } from './probes.ts';
import type { Phase, Role, RunState } from './run.ts';

/** What a run tells while it goes on. `step` and `epoch` are also the lines of metrics.jsonl. */
export type RunEvent =
  | { type: 'state'; state: RunState; error: ErrorValue | null }
  /** `index` of `count` phases, 0-based. */
  | { type: 'phase'; phase: Phase; index: number; count: number }
  | { type: 'progress'; phase: Phase; done: number; total: number; etaSeconds: number | null }
  | {
      type: 'step';
      role: Role;
      /** 1-based over all stages. */
      epoch: number;
      epochs: number;
      stage: number;
      /** 1-based within the epoch. */
      step: number;
      steps: number;
      loss: number;
      labelLoss: number;
      distillationLoss: number | null;
      learningRate: number;
      momentum: number;
      imagesPerSecond: number;
      /** Share of the time so far in this epoch that training waited for data. */
      waitShare: number;
      etaEpochSeconds: number | null;
      etaRunSeconds: number | null;
      /** Told to windows: whether metrics.jsonl keeps it. Curves are made of those, so that all windows show the same, now and later. */
      recorded?: boolean;
    }
  | {
      type: 'epoch';
      role: Role;
      epoch: number;
      epochs: number;
      stage: number;
      train: EpochScores;
      /** null where nothing is held out. */
      validation: EpochScores | null;
      best: boolean;
      imagesPerSecond: number;
      waitShare: number;
      /** Resident memory of the process. */
      memoryBytes: number;
      seconds: number;
      etaRunSeconds: number | null;
    }
  /** The time that the whole run will still take, and in a sentence why it has risen, where it has. */
  | { type: 'remaining'; seconds: number; reason: string | null }
  /** What a model answers about the watched images, after an epoch. */
  | { type: 'probe'; probe: Probe }
  | { type: 'log'; level: 'info' | 'warn'; message: string };
