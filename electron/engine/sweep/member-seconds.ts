import type { RunSummary } from '../../contract/run-summary.ts';

/** Seconds that a run took, from its start to its last change. */
export const secondsOf = ({ startedAt, updatedAt }: Pick<RunSummary, 'startedAt' | 'updatedAt'>): number =>
  (Date.parse(updatedAt) - Date.parse(startedAt)) / 1000;
