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
