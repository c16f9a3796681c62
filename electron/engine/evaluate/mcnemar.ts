/** ln(n!): summed below 32, above by Stirling's series, whose first term left out is under 1e-13 there. */
function logFactorial(n: number): number {
  if (n < 32) {
    let sum = 0;
    for (let i = 2; i <= n; i++) sum += Math.log(i);
    return sum;
  }
  const x = n + 1;
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}

/**
 * Exact two-sided McNemar test of two classifiers on the same images (McNemar, 1947): where they were equally good, each of
 * the b + c images that only one of them gets right would fall to either side like a fair coin, so that
 * p = min(1, 2 * P(X <= min(b, c))), X ~ Binomial(b + c, 1/2). 1 where b + c = 0.
 * The tail is summed from its largest term down, each term from its neighbour, so large counts neither overflow nor cancel.
 */
export function mcnemar(b: number, c: number): number {
  const n = b + c;
  const k = Math.min(b, c);
  let term = 1;
  let tail = 1;
  for (let i = k; i > 0 && term > Number.EPSILON * tail * 1e-3; i--) {
    term *= i / (n - i + 1);
    tail += term;
  }
  const logLargest = logFactorial(n) - logFactorial(k) - logFactorial(n - k) - n * Math.LN2;
  return Math.min(1, 2 * tail * Math.exp(logLargest));
}
