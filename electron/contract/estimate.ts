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
  diskBytes: number;
  /** 'measured': all roles from an equal run's steps on this machine; 'estimated': from a small network's steps. */
  basis: 'measured' | 'estimated';
  backend: string;
}
