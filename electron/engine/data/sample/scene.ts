import type { Random } from '../../numbers/random.ts';
import { type Background, drawBackground } from './background.ts';
import type { Rgb } from './light.ts';
import { logUniform } from './noise.ts';
import { type Approach, planApproach } from './pose.ts';
import type { SignRaster } from './raster.ts';
import { type Pyramid, wear } from './wear.ts';

/** What hangs below or above the sign on the same pole. */
export type Neighbour = 'none' | 'plate' | 'prohibition' | 'blue disc';

/** How light falls on one sign and reaches the sensor; fixed for a track, but for the small drift of the exposure. */
export interface Lighting {
  /** Factors on the sign's and the background's light, per channel. */
  sign: Rgb;
  background: Rgb;
  /** Light that the lens scatters over everything. */
  veil: number;
  /** Depth, cycles over the approach and phase of the exposure's slow swing. */
  swing: { depth: number; cycles: number; phase: number };
}

export interface Optics {
  /** Standard deviations and length as shares of the sign's side. */
  defocus: number;
  motion: number;
  motionAngle: number;
  /** Sensor pixels per pixel of the image: below 1 it was enlarged. */
  resolution: number;
  /** Standard deviation of the noise, in steps of a byte. */
  noise: number;
}

/** One physical sign where it stands: everything that the 30 frames of a track share. */
export interface Scene {
  outline: Float32Array;
  sign: Pyramid;
  background: Background;
  /** In texels: the middle of what is seen at the start and the end, and how many texels the last frame spans. */
  view: { from: readonly [number, number]; to: readonly [number, number]; span: number; parallax: number };
  pole: Rgb | null;
  neighbour: { kind: Neighbour; above: boolean };
  approach: Approach;
  lighting: Lighting;
  optics: Optics;
}

function light(rng: Random): Lighting {
  const kind = rng.float();
  let sign: number;
  let background: number;
  let veil = 0.03 * rng.float();
  if (kind < 0.7) {
    // Daylight.
    sign = logUniform(rng, 0.4, 1);
    background = sign * logUniform(rng, 0.6, 1.4);
  } else if (kind < 0.85) {
    // Dusk, or deep shade.
    sign = logUniform(rng, 0.08, 0.35);
    background = sign * logUniform(rng, 0.4, 1.2);
    veil *= sign;
  } else if (kind < 0.95) {
    // The sky behind it sets the exposure.
    sign = logUniform(rng, 0.15, 0.4);
    background = rng.uniform(0.8, 1.4);
    veil = rng.uniform(0.01, 0.04);
  } else {
    // Glare.
    sign = rng.uniform(1.05, 1.4);
    background = sign * rng.uniform(0.4, 1.2);
    veil = rng.uniform(0.02, 0.12);
  }
  const warmth = 0.08 * rng.normal();
  const tint = 0.03 * rng.normal();
  const cast: Rgb = [Math.exp(warmth), Math.exp(tint), Math.exp(-warmth)];
  return {
    sign: [sign * cast[0], sign * cast[1], sign * cast[2]],
    background: [background * cast[0], background * cast[1], background * cast[2]],
    veil,
    swing: { depth: rng.uniform(0.15, 0.6), cycles: rng.uniform(0.3, 2), phase: rng.uniform(0, 2 * Math.PI) },
  };
}

/** Sets up one sign's surroundings, light and camera. The clean sign itself is not changed. */
export function setScene(sign: SignRaster, rng: Random): Scene {
  const background = drawBackground(rng);
  const middle = (): readonly [number, number] => [
    background.size * rng.uniform(0.3, 0.7),
    background.size * rng.uniform(0.3, 0.7),
  ];
  const from = middle();
  const other = middle();
  const drift = rng.uniform(0.5, 1);
  const kind = rng.float();
  const grey = rng.uniform(0.12, 0.5);
  return {
    outline: sign.outline,
    sign: wear(sign, rng),
    background,
    view: {
      from,
      to: [from[0] + drift * (other[0] - from[0]), from[1] + drift * (other[1] - from[1])],
      span: rng.uniform(45, 110),
      parallax: rng.uniform(0, 0.8),
    },
    pole: rng.float() < 0.8 ? [grey, grey, grey] : null,
    neighbour: {
      kind: kind < 0.6 ? 'none' : kind < 0.78 ? 'plate' : kind < 0.9 ? 'prohibition' : 'blue disc',
      above: rng.float() < 0.3,
    },
    approach: planApproach(rng),
    lighting: light(rng),
    optics: {
      defocus: rng.float() < 0.2 ? rng.uniform(0.005, 0.02) : 0.003,
      motion: rng.float() < 0.2 ? rng.uniform(0.02, 0.07) : 0,
      motionAngle: rng.uniform(0, Math.PI),
      resolution: rng.float() < 0.25 ? rng.uniform(0.7, 1) : 1,
      noise: logUniform(rng, 0.8, 4),
    },
  };
}
