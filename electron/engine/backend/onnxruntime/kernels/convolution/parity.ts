/**
 * One parity class of a stride-2 input gradient along one axis: dx[2j + r] = sum over taps t = (r + pad) mod 2, +2, ... of
 * dy[j + (r + pad - t) / 2] * w[t], which is a stride-1 correlation of dy with the taps in descending order.
 */
export function parityTaps(kernel: number, pad: number, parity: number, out: number, length: number) {
  const taps: number[] = [];
  for (let t = kernel - 1; t >= 0; t--) if ((t - parity - pad) % 2 === 0) taps.push(t);
  if (taps.length === 0) return { taps, begin: 0, end: 0 };
  // The first tap in descending order has the lowest offset.
  const lowest = (parity + pad - taps[0]!) / 2;
  return { taps, begin: -lowest, end: length - out + lowest + taps.length - 1 };
}
