import type { RunAnnotation } from './annotation.ts';
import type { ErrorValue } from './errors.ts';
import type { Comparison } from './result.ts';
import type { Role, RunState } from './run.ts';

/** What a list of runs shows of one. */
export interface RunSummary {
  folder: string;
  /** What its owner calls it, or else its recipe's name. */
  name: string;
  recipeName: string;
  annotation: RunAnnotation;
  state: RunState;
  startedAt: string;
  /** The last change of state or progress. */
  updatedAt: string;
  error: ErrorValue | null;
  /** Test accuracy by role, as far as the run came; null where the role has none. */
  accuracy: Record<Role, number | null>;
  /** Networks of teacher and student, e.g. 'resnet34'; null where the recipe takes the teacher from elsewhere. */
  architectures: { teacher: string | null; student: string };
  /** Of the student, as far as it was evaluated; the quartiles of its latency are null where they were not kept. */
  student: { parameters: number; latencyMs: number | null; latencyRange: [number, number] | null } | null;
  /** Student beside baseline; null before they were compared. */
  verdict: Comparison['verdict'] | null;
  /** Size of the student's weights; null before they exist. */
  studentBytes: number | null;
  /** Of the run's folder on disk. */
  bytes: number;
  /** The dataset's path. */
  dataset: string | null;
}

/** One run in the trash. */
export interface TrashedRun {
  folder: string;
  name: string;
  trashedAt: string;
  bytes: number;
}
