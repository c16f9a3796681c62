/** The probabilities of 0 to n heads of a fair coin, each from its neighbour, outwards from the middle. */
function binomial(n: number): Float64Array {
  const result = new Float64Array(n + 1);
  const middle = Math.floor(n / 2);
  result[middle] = 1;
  for (let k = middle; k < n; k++) result[k + 1] = (result[k]! * (n - k)) / (k + 1);
  for (let k = middle; k > 0; k--) result[k - 1] = (result[k]! * k) / (n - k + 1);
  const sum = result.reduce((total, value) => total + value, 0);
  return result.map((value) => value / sum);
}

/**
 * Exact two-sided test that two models are equally good over several seeds. `differences`: of each image, with how many seeds the
 * first model alone is right less with how many the second alone is. Were they equally good, each difference would as likely have the
 * other sign: the sum is compared with its distribution over all signs (Fisher, "The Design of Experiments", 1935; Pitman, 1937).
 * Seeds are not taken for independent, since they see the same images. With one seed it is McNemar's exact test.
 */
export function signFlip(differences: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  let sum = 0;
  let most = 0;
  for (let i = 0; i < differences.length; i++) {
    const difference = differences[i]!;
    if (difference === 0) continue;
    const size = Math.abs(difference);
    counts.set(size, (counts.get(size) ?? 0) + 1);
    sum += difference;
    most += size;
  }
  // Of the sum of the sizes that have a positive sign.
  let distribution = new Float64Array([1]);
  for (const [size, count] of counts) {
    const heads = binomial(count);
    const next = new Float64Array(distribution.length + size * count);
    for (const [i, before] of distribution.entries()) {
      if (before === 0) continue;
      for (let k = 0; k <= count; k++) next[i + size * k]! += before * heads[k]!;
    }
    distribution = next;
  }
  const tail = (most - Math.abs(sum)) / 2;
  let p = 0;
  for (let i = 0; i <= tail; i++) p += distribution[i]!;
  return Math.min(1, 2 * p);
}
