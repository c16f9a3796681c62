/** The nearest multiple of 8, at least 8, never below 90 % of the value (torchvision's _make_divisible). */
export function divisibleBy8(value: number): number {
  const nearest = Math.max(8, Math.floor((value + 4) / 8) * 8);
  return nearest < 0.9 * value ? nearest + 8 : nearest;
}
