import type { RunSummary } from '../../../electron/contract/run-summary.ts';
import type { Comparison } from '../../../electron/contract/result.ts';

/** Accuracy of the student less the baseline's; null where one of them is missing. */
export const gainOf = ({ accuracy: { student, baseline } }: Pick<RunSummary, 'accuracy'>): number | null =>
  student === null || baseline === null ? null : student - baseline;

/** How a gain is shown: in colour only where the test shows a difference. */
export const gainLooks: Record<Comparison['verdict'], { class: string; title: string }> = {
  better: { class: 'text-success', title: 'Better than the baseline (McNemar test, p < 0.05)' },
  worse: { class: 'text-warning', title: 'Worse than the baseline (McNemar test, p < 0.05)' },
  'no difference shown': {
    class: 'text-muted',
    title: 'No significant difference from the baseline (McNemar test, p ≥ 0.05)',
  },
  'no baseline': { class: 'text-muted', title: 'No baseline was trained' },
};
