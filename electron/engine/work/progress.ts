import type { CallPhase, CallProgress } from '../../contract/method.ts';

/** At most ten times a second, and always at the end: messages must not cost more than the work that they tell of. */
export function throttled(tell: (done: number, total: number) => void): typeof tell {
  let told = Number.NEGATIVE_INFINITY;
  return (done, total) => {
    const now = performance.now();
    if (done < total && now - told < 100) return;
    told = now;
    tell(done, total);
  };
}

/** The same of a call that does one thing after another, for each of them. */
export function throttledPhases(tell: (progress: CallProgress) => void): typeof tell {
  const phases = new Map<CallPhase | undefined, ReturnType<typeof throttled>>();
  return ({ done, total, phase }) => {
    const told =
      phases.get(phase) ??
      throttled((some, all) => tell({ done: some, total: all, ...(phase !== undefined && { phase }) }));
    phases.set(phase, told);
    told(done, total);
  };
}
