import type { Random } from '../../numbers/random.ts';

/** Value noise in [0, 1], [size, size]: random values on a grid of `cells` a side, joined by smoothstep. */
export function smoothNoise(size: number, cells: number, rng: Random): Float32Array {
  const side = cells + 1;
  const grid = Float32Array.from({ length: side * side }, () => rng.float());
  const result = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    const gy = (y * cells) / size;
    const row = Math.floor(gy);
    const fy = smoothstep(0, 1, gy - row);
    for (let x = 0; x < size; x++) {
      const gx = (x * cells) / size;
      const column = Math.floor(gx);
      const fx = smoothstep(0, 1, gx - column);
      const at = row * side + column;
      const top = grid[at]! + fx * (grid[at + 1]! - grid[at]!);
      const bottom = grid[at + side]! + fx * (grid[at + side + 1]! - grid[at + side]!);
      result[y * size + x] = top + fy * (bottom - top);
    }
  }
  return result;
}

/** Octaves of `smoothNoise`, each twice as fine and `persistence` times as strong as the one before; in [0, 1]. */
export function fractalNoise(
  size: number,
  cells: number,
  octaves: number,
  persistence: number,
  rng: Random,
): Float32Array {
  const result = new Float32Array(size * size);
  let total = 0;
  for (let octave = 0; octave < octaves; octave++) {
    const weight = persistence ** octave;
    const layer = smoothNoise(size, cells << octave, rng);
    for (let i = 0; i < result.length; i++) result[i]! += weight * layer[i]!;
    total += weight;
  }
  for (let i = 0; i < result.length; i++) result[i]! /= total;
  return result;
}

/** 0 below `low`, 1 above `high`, a smooth cubic between. */
export function smoothstep(low: number, high: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

/** Between `low` and `high`, evenly in the logarithm. */
export const logUniform = (rng: Random, low: number, high: number): number =>
  Math.exp(rng.uniform(Math.log(low), Math.log(high)));
