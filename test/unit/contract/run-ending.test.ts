import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../electron/contract/run-summary.ts';
import { endingOf } from '../../../electron/contract/run-ending.ts';

const run = (parts: Partial<Parameters<typeof endingOf>[0]>) => ({
  name: 'signs',
  state: 'completed' as const,
  error: null,
  accuracy: { teacher: null, student: null, baseline: null },
  ...parts,
});
const scored = (student: number | null, baseline: number | null): RunSummary['accuracy'] => ({
  teacher: 0.99,
  student,
  baseline,
});
const error = (code: 'CANCELLED' | 'DISK_FULL') => ({ code, message: 'Why.', hint: '', retryable: false });

describe('how a run ended', () => {
  it.each([
    [scored(0.91234, null), 'Student accuracy: 91.23 %.'],
    [scored(0.91234, 0.9), 'Student accuracy: 91.23 %, +1.23 points against the baseline.'],
    [scored(0.5, 0.75), 'Student accuracy: 50.00 %, −25.00 points against the baseline.'],
    [scored(0.5, 0.50001), 'Student accuracy: 50.00 %, ±0.00 points against the baseline.'],
    [scored(null, null), 'The run has ended.'],
  ])('has the score of %j', (accuracy, text) => {
    expect(endingOf(run({ accuracy }))).toEqual({ title: 'signs is done', text, isGood: true });
  });

  it('has the reason of a failure', () => {
    expect(endingOf(run({ state: 'failed', error: error('DISK_FULL') }))).toEqual({
      title: 'signs failed',
      text: 'Why.',
      isGood: false,
    });
  });

  it('is news only where nobody asked for it', () => {
    expect(endingOf(run({ state: 'interrupted' }))?.title).toBe('signs was interrupted');
    expect(endingOf(run({ state: 'interrupted', error: error('CANCELLED') }))).toBeNull();
    expect(endingOf(run({ state: 'cancelled', error: error('CANCELLED') }))).toBeNull();
    expect(endingOf(run({ state: 'running' }))).toBeNull();
  });
});
