import type { Random } from '../../numbers/random.ts';
import type { Rgb } from './light.ts';
import { boxOf, type Homography, inverse, poseAt } from './pose.ts';
import type { Neighbour, Scene } from './scene.ts';
import { defocus, develop, enlarge, type Exposure, smear } from './sensor.ts';

export interface Photograph {
  width: number;
  height: number;
  /** RGB bytes, [height, width, 3]. */
  data: Uint8Array;
  /** The box around the sign, in pixels, as GTSRB's annotations give it. */
  roi: { x1: number; y1: number; x2: number; y2: number };
}

/** Reads a square texture bilinearly at (x, y) in texels into `out`; beyond its border it is mirrored. */
function sample(
  data: Float32Array,
  size: number,
  channels: number,
  x: number,
  y: number,
  out: Float32Array,
): void {
  const fold = (index: number): number => {
    const at = ((index % (2 * size)) + 2 * size) % (2 * size);
    return at < size ? at : 2 * size - 1 - at;
  };
  const left = Math.floor(x);
  const top = Math.floor(y);
  const fx = x - left;
  const fy = y - top;
  const [x0, x1, y0, y1] = [fold(left), fold(left + 1), fold(top) * size, fold(top + 1) * size];
  for (let c = 0; c < channels; c++) {
    const a = data[channels * (y0 + x0) + c]!;
    const b = data[channels * (y0 + x1) + c]!;
    const d = data[channels * (y1 + x0) + c]!;
    const e = data[channels * (y1 + x1) + c]!;
    const upper = a + fx * (b - a);
    out[c] = upper + fy * (d + fx * (e - d) - upper);
  }
}

const white: Rgb = [0.7, 0.7, 0.68];
const black: Rgb = [0.03, 0.03, 0.03];
const red: Rgb = [0.45, 0.02, 0.02];
const blue: Rgb = [0.02, 0.1, 0.4];

/** The colour of the plate or sign that shares the pole, at (u, v) on the sign's plane; null beside it. */
function neighbourAt(kind: Neighbour, u: number, v: number): Rgb | null {
  if (kind === 'none') return null;
  if (kind === 'plate') {
    if (Math.abs(u) > 0.75 || v < 1.08 || v > 1.62) return null;
    const inside = Math.abs(u) < 0.68 && v > 1.15 && v < 1.55;
    const ink = inside && Math.abs(v - 1.35) < 0.1 && Math.floor((u + 2) * 9) % 2 === 0;
    return inside && !ink ? white : black;
  }
  const radius = Math.hypot(u, v - 2.04);
  if (radius > 0.97) return null;
  if (kind === 'blue disc') return radius > 0.92 ? white : blue;
  return radius > 0.76 ? red : white;
}

/** Lays out the scene on the sensor: background, pole, neighbour, sign. */
function expose(
  scene: Scene,
  toSign: Homography,
  size: Exposure,
  scale: number,
  side: number,
  t: number,
): void {
  const { background, view, lighting, neighbour, pole, approach } = scene;
  // The coarsest texels that are still finer than the pixels.
  const texels = scene.sign[0]!.size / (side * scale);
  const level =
    scene.sign[Math.min(scene.sign.length - 1, Math.max(0, Math.floor(Math.log2(texels) + 0.3)))]!;
  const span = view.span * (side / approach.to) ** view.parallax;
  const step = span / size.width;
  const middleX = view.from[0] + t * (view.to[0] - view.from[0]);
  const middleY = view.from[1] + t * (view.to[1] - view.from[1]);
  const { swing } = lighting;
  const exposure = Math.exp(swing.depth * Math.sin(2 * Math.PI * swing.cycles * t + swing.phase));
  const texel = new Float32Array(4);
  const behind = new Float32Array(3);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const px = (x + 0.5) / scale;
      const py = (y + 0.5) / scale;
      const w = toSign[6]! * px + toSign[7]! * py + toSign[8]!;
      const u = (toSign[0]! * px + toSign[1]! * py + toSign[2]!) / w;
      const v = (toSign[3]! * px + toSign[4]! * py + toSign[5]!) / w;
      let alpha = 0;
      if (Math.abs(u) < 1 && Math.abs(v) < 1) {
        sample(
          level.data,
          level.size,
          4,
          ((u + 1) * level.size) / 2 - 0.5,
          ((v + 1) * level.size) / 2 - 0.5,
          texel,
        );
        alpha = texel[3]!;
      } else texel.fill(0);
      const at = 3 * (y * size.width + x);
      let rest: ArrayLike<number> = behind;
      let onPole = alpha < 1 ? neighbourAt(neighbour.kind, u, neighbour.above ? -v : v) : null;
      if (!onPole && pole && Math.abs(u) < 0.07 && (v > 0 || neighbour.above)) onPole = pole;
      if (onPole) rest = onPole;
      else if (alpha < 1) {
        const gx = middleX + (x - size.width / 2) * step;
        const gy = middleY + (y - size.height / 2) * step;
        sample(background.data, background.size, 3, gx, gy, behind);
      }
      const light = onPole ? lighting.sign : lighting.background;
      for (let c = 0; c < 3; c++) {
        const seen = lighting.sign[c]! * texel[c]! + (1 - alpha) * light[c]! * rest[c]!;
        size.data[at + c] = exposure * (seen + lighting.veil);
      }
    }
  }
}

/**
 * Photographs a scene.
 *
 * @param t how far the car has come: 0 in the track's first frame, 1 in its last
 * @param rng the frame's own stream
 */
export function photograph(scene: Scene, t: number, rng: Random): Photograph {
  const { side, homography } = poseAt(scene.approach, t, rng);
  const box = boxOf(scene.outline, homography);
  // GTSRB leaves a tenth of the sign around it, and at least 5 px.
  const border = Math.max(5, Math.round(0.1 * side));
  const jitter = (): number => 0.35 * border * rng.uniform(-1, 1);
  const left = border + jitter();
  const top = border + jitter();
  const width = Math.round(box.x2 - box.x1) + 2 * border;
  const height = Math.round(box.y2 - box.y1) + 2 * border;
  const [moveX, moveY] = [left - box.x1, top - box.y1];
  const h = homography;
  const inImage: Homography = [
    ...[0, 1, 2].map((i) => h[i]! + moveX * h[6 + i]!),
    ...[0, 1, 2].map((i) => h[3 + i]! + moveY * h[6 + i]!),
    ...h.slice(6),
  ];

  const { optics } = scene;
  const scale = optics.resolution;
  const onSensor = { width: Math.round(width * scale), height: Math.round(height * scale) };
  let image: Exposure = { ...onSensor, data: new Float32Array(3 * onSensor.width * onSensor.height) };
  expose(scene, inverse(inImage), image, scale, side, t);
  if (optics.motion > 0) {
    image = smear(
      image,
      optics.motion * side * scale * rng.uniform(0.4, 1.4),
      optics.motionAngle + 0.3 * rng.normal(),
    );
  }
  image = defocus(image, 0.45 + optics.defocus * side * scale * rng.uniform(0.6, 1.3));
  image = enlarge(image, width, height);
  return {
    width,
    height,
    data: develop(image, optics.noise, rng),
    roi: {
      x1: Math.round(left),
      y1: Math.round(top),
      x2: Math.min(width - 1, Math.round(left + box.x2 - box.x1)),
      y2: Math.min(height - 1, Math.round(top + box.y2 - box.y1)),
    },
  };
}
