import type { Role } from './run.ts';

export interface RunEstimate {
  /** By role, in the order in which they train. */
  roles: { role: Role; seconds: number; steps: number; imagesPerSecond: number }[];
  /** Reading and decoding all images. */
  importSeconds: number;
  /** Evaluating all models, their latency included. */
  evaluationSeconds: number;
  exportSeconds: number;
  /** The sum of all these. */
  totalSeconds: number;
  memoryBytes: number;
  /** With the stored teacher logits, where they are asked for. */
  diskBytes: number;
  /** 'measured': all roles from an equal run's steps on this machine; 'estimated': from a small network's steps. */
  basis: 'measured' | 'estimated';
  backend: string;
  /** Whether its teacher is known: a given one may be gone. */
  includesTeacher: boolean;
}

/** Of all runs of a sweep. */
export interface SweepEstimate {
  runs: number;
  /** The sum over all runs. */
  workSeconds: number;
  /** From start to end, several runs at the same time. */
  totalSeconds: number;
  /** Of the runs at work at the same time. */
  memoryBytes: number;
  /** All runs' folders and the teachers' stored logits. */
  diskBytes: number;
  /** As of a run; of settings that were estimated, all. */
  basis: RunEstimate['basis'];
  backend: string;
}
