import type { Random } from '../../numbers/random.ts';

/** How the car comes closer to one sign, from frame 0 to the last. */
export interface Approach {
  /** The sign's side in the first and the last frame, px. */
  from: number;
  to: number;
  /** Radians, at the start and how much is added until the end. */
  yaw: readonly [number, number];
  pitch: readonly [number, number];
  roll: number;
  /** Distance from the lens in the last frame, in halves of the sign's side: small is a strong perspective. */
  distance: number;
}

/** Where the sign's plane lies: pixel = homography (u, v, 1), u and v in [-1, 1] on the sign, row-major. */
export type Homography = readonly number[];

export function planApproach(rng: Random): Approach {
  const turned = rng.float() < 0.2 ? 0.45 : 0.25;
  return {
    from: rng.uniform(17, 25),
    to: rng.uniform(42, 96),
    yaw: [turned * rng.uniform(-1, 1), rng.uniform(-0.25, 0.25)],
    pitch: [rng.uniform(-0.12, 0.12), rng.uniform(-0.2, 0.05)],
    roll: 0.04 * rng.normal(),
    distance: rng.uniform(3.5, 8),
  };
}

/**
 * The pose at `t` in [0, 1] of the approach, about (0, 0). The plate is turned by roll, pitch and yaw, in that order from
 * the left, and seen by a pinhole camera.
 *
 * @returns the sign's nominal side in pixels and its homography
 */
export function poseAt(approach: Approach, t: number, rng: Random): { side: number; homography: Homography } {
  const side = approach.from * (approach.to / approach.from) ** t * (1 + 0.015 * rng.normal());
  const wobble = (): number => 0.012 * rng.normal();
  const yaw = approach.yaw[0] + t * t * approach.yaw[1] + wobble();
  const pitch = approach.pitch[0] + t * t * approach.pitch[1] + wobble();
  const roll = approach.roll + wobble();
  const distance = approach.distance * (approach.to / side);
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  const [cr, sr] = [Math.cos(roll), Math.sin(roll)];
  const focal = (side / 2) * distance;
  return {
    side,
    homography: [
      focal * (cr * cy - sr * sp * sy),
      -focal * sr * cp,
      0,
      focal * (sr * cy + cr * sp * sy),
      focal * cr * cp,
      0,
      -cp * sy,
      sp,
      distance,
    ],
  };
}

/** Projects points (u, v pairs) and returns the box that holds them. */
export function boxOf(
  points: Float32Array,
  h: Homography,
): { x1: number; y1: number; x2: number; y2: number } {
  const box = { x1: Infinity, y1: Infinity, x2: -Infinity, y2: -Infinity };
  for (let i = 0; i < points.length; i += 2) {
    const [u, v] = [points[i]!, points[i + 1]!];
    const w = h[6]! * u + h[7]! * v + h[8]!;
    const x = (h[0]! * u + h[1]! * v + h[2]!) / w;
    const y = (h[3]! * u + h[4]! * v + h[5]!) / w;
    box.x1 = Math.min(box.x1, x);
    box.y1 = Math.min(box.y1, y);
    box.x2 = Math.max(box.x2, x);
    box.y2 = Math.max(box.y2, y);
  }
  return box;
}

/** The inverse up to a factor (the adjugate): pixel to sign. */
export function inverse(h: Homography): Homography {
  const [a, b, c, d, e, f, g, i, j] = h as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return [
    e * j - f * i,
    c * i - b * j,
    b * f - c * e,
    f * g - d * j,
    a * j - c * g,
    c * d - a * f,
    d * i - e * g,
    b * g - a * i,
    a * e - b * d,
  ];
}
