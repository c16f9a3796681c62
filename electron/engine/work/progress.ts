import type { CallPhase, CallProgress } from '../../contract/method.ts';

/** At most ten times a second, and always at the end: messages must not cost more than the work that they report. */
export function throttled(report: (done: number, total: number) => void): typeof report {
  let last = Number.NEGATIVE_INFINITY;
  return (done, total) => {
    const now = performance.now();
    if (done < total && now - last < 100) return;
    last = now;
    report(done, total);
  };
}

/** The same of a call that does one thing after another, for each of them. */
export function throttledPhases(report: (progress: CallProgress) => void): typeof report {
  const phases = new Map<CallPhase | undefined, ReturnType<typeof throttled>>();
  return ({ done, total, phase }) => {
    const reportPhase =
      phases.get(phase) ??
      throttled((some, all) => report({ done: some, total: all, ...(phase !== undefined && { phase }) }));
    phases.set(phase, reportPhase);
    reportPhase(done, total);
  };
}
