import type { ImportReport } from './dataset.ts';
import type { Recipe } from './recipe.ts';
import type { PhaseSpan } from './phase-spans.ts';
import type { RunPosition } from './position.ts';
import type { StopMode } from './run.ts';
import type { RunSummary } from './run-summary.ts';
import type { Runtime } from './runtime.ts';

export interface RunDetails {
  summary: RunSummary;
  recipe: Recipe;
  runtime: Runtime;
  /** What was imported; null where the run did not come that far. */
  dataset: ImportReport | null;
  /** Every phase that it was in, oldest first. */
  phases: PhaseSpan[];
  /** null where the run is not at work. */
  position: RunPosition | null;
  /** How it was asked to end, a mode of `runs.stop`; null where it was not, or is not at work. */
  stopping: StopMode | null;
  /** Of which it is a run; null: it was started by itself. */
  sweep: { folder: string; name: string } | null;
  /** The last of log.txt, oldest first. */
  log: LogLine[];
}

export interface LogLine {
  time: string;
  level: 'info' | 'warn' | 'error';
  message: string;
}
