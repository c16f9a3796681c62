import type { AugmentRecipe } from '../../contract/recipe/augmentation.ts';
import type { Random } from '../numbers/random.ts';
import { drawErasing, type Erasing } from './erasing.ts';

/** Row-major 3x3. Coordinates run from -1 to 1 between the centres of the corner pixels (x right, y down). */
export type Matrix3 = readonly [number, number, number, number, number, number, number, number, number];

/** Change of brightness and contrast in logit space: v becomes sigmoid(contrast * (logit(v) + brightness)). */
export interface Lighting {
  brightness: number;
  contrast: number;
}

/** Everything that augmentation does to one image. */
export interface Transform {
  /** Homography from a place in the result to the place in the source that it shows. */
  matrix: Matrix3;
  lighting: Lighting | null;
  /** A rectangle that is filled once the image is normalised. */
  erasing?: Erasing | null;
}

const identity: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

export const identityTransform: Transform = { matrix: identity, lighting: null };

/**
 * Draws what fastai's `aug_transforms` would for one image of a batch: flip, rotation and zoom as one affine map, then
 * the warp, so that pixels are interpolated once; each with its own probability. As there, the warp's two axes are
 * drawn apart, and so are brightness and contrast.
 * Every call takes the same number of draws, so that changing one probability leaves the other transforms as they were; erasing, whose
 * number of draws varies, is drawn last.
 */
export function drawTransform(recipe: AugmentRecipe, random: Random): Transform {
  const unless = (p: number, neutral: number, value: number) => (random.float() < p ? value : neutral);
  const { rotate, zoom, warp, brightness, contrast, flip } = recipe;
  const mirror = unless(flip.p, 1, -1);
  const warpX = unless(warp.p, 0, random.uniform(-warp.magnitude, warp.magnitude));
  const warpY = unless(warp.p, 0, random.uniform(-warp.magnitude, warp.magnitude));
  const degrees = unless(rotate.p, 0, random.uniform(-rotate.maxDegrees, rotate.maxDegrees));
  const factor = unless(zoom.p, 1, random.uniform(1, zoom.max));
  const centre = { x: random.uniform(-1, 1), y: random.uniform(-1, 1) };
  const range = Math.log(1 - contrast.max);
  const lighting = {
    brightness: unless(brightness.p, 0, logit(0.5 * random.uniform(1 - brightness.max, 1 + brightness.max))),
    contrast: unless(contrast.p, 1, Math.exp(random.uniform(range, -range))),
  };
  const affine = multiply(
    multiply([mirror, 0, 0, 0, 1, 0, 0, 0, 1], rotation(degrees)),
    zoomIn(factor, centre),
  );
  return {
    matrix: multiply(perspective(warpX, warpY), affine),
    lighting: lighting.brightness === 0 && lighting.contrast === 1 ? null : lighting,
    erasing: drawErasing(recipe.erase, random),
  };
}

/** The affine map that shows the image turned clockwise by `degrees`. */
export function rotation(degrees: number): Matrix3 {
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return [cos, sin, 0, -sin, cos, 0, 0, 0, 1];
}

/** Shows 1 / factor of each side; `centre` is its place in the room that this leaves (-1 to 1). */
export function zoomIn(factor: number, centre: { x: number; y: number }): Matrix3 {
  const scale = 1 / factor;
  return [scale, 0, (1 - scale) * centre.x, 0, scale, (1 - scale) * centre.y, 0, 0, 1];
}

/**
 * fastai's Warp: the homography that takes the points (-1-y, -1-x), (-1+y, 1+x), (1+y, -1+x), (1-y, 1-x) to the
 * square's corners (-1,-1), (-1,1), (1,-1), (1,1). At the corners, where x^2 = y^2 = 1, the opposite direction is
 * [1-y^2, -xy, x; -xy, 1-x^2, y; x, y, 1] in closed form; this is its adjugate, which serves as its inverse because
 * a homography has no scale.
 */
export function perspective(x: number, y: number): Matrix3 {
  const k = 1 - x * x - y * y;
  const right = -x * (1 + y * y - x * x);
  const down = -y * (1 + x * x - y * y);
  return [k, 2 * x * y, right, 2 * x * y, k, down, right, down, k];
}

/** Inverse of the sigmoid, for 0 < p < 1. */
export const logit = (p: number): number => Math.log(p / (1 - p));

export function multiply(a: Matrix3, b: Matrix3): Matrix3 {
  const at = (row: 0 | 3 | 6, column: 0 | 1 | 2) =>
    a[row] * b[column] + a[row + 1]! * b[column + 3]! + a[row + 2]! * b[column + 6]!;
  return [at(0, 0), at(0, 1), at(0, 2), at(3, 0), at(3, 1), at(3, 2), at(6, 0), at(6, 1), at(6, 2)];
}
