import type { Random } from '../../numbers/random.ts';
import type { Rgb } from './light.ts';
import { fractalNoise, smoothNoise, smoothstep } from './noise.ts';

/** What is behind a sign, in linear light: [size, size, 3]. */
export interface Background {
  size: number;
  data: Float32Array;
}

const size = 128;

type Painter = (data: Float32Array, rng: Random) => void;

/** Lays `colour` over the texel with opacity `alpha`. */
function blend(data: Float32Array, texel: number, colour: Rgb, alpha: number): void {
  for (let c = 0; c < 3; c++) data[3 * texel + c]! += alpha * (colour[c]! - data[3 * texel + c]!);
}

function pick<T>(items: readonly T[], rng: Random): T {
  return items[rng.integer(items.length)]!;
}

const skies: readonly (readonly [Rgb, Rgb])[] = [
  [
    [0.16, 0.34, 0.75],
    [0.55, 0.7, 0.9],
  ],
  [
    [0.55, 0.6, 0.66],
    [0.75, 0.78, 0.8],
  ],
  [
    [0.85, 0.88, 0.92],
    [1.0, 1.0, 1.0],
  ],
  [
    [0.3, 0.38, 0.5],
    [0.8, 0.66, 0.5],
  ],
];

const sky: Painter = (data, rng) => {
  const [zenith, horizon] = pick(skies, rng);
  const clouds = fractalNoise(size, 2, 4, 0.5, rng);
  const cover = rng.uniform(0.35, 0.75);
  for (let i = 0; i < size * size; i++) {
    const height = Math.floor(i / size) / size;
    blend(data, i, zenith, 1);
    blend(data, i, horizon, height);
    blend(data, i, [0.95, 0.95, 0.97], 0.8 * smoothstep(cover, cover + 0.2, clouds[i]!));
  }
};

/** Dark leaf, bright leaf. */
const leaves: readonly (readonly [Rgb, Rgb])[] = [
  [
    [0.01, 0.02, 0.008],
    [0.2, 0.32, 0.07],
  ],
  [
    [0.006, 0.012, 0.01],
    [0.07, 0.13, 0.06],
  ],
  [
    [0.03, 0.018, 0.006],
    [0.55, 0.34, 0.06],
  ],
  [
    [0.02, 0.016, 0.013],
    [0.22, 0.18, 0.14],
  ],
];

const foliage: Painter = (data, rng) => {
  const [dark, bright] = pick(leaves, rng);
  const leaf = fractalNoise(size, 5, 5, 0.75, rng);
  const gaps = fractalNoise(size, 3, 5, 0.7, rng);
  const open = rng.uniform(0.52, 0.8);
  for (let i = 0; i < size * size; i++) {
    blend(data, i, dark, 1);
    blend(data, i, bright, smoothstep(0.3, 0.75, leaf[i]!));
    blend(data, i, [0.85, 0.9, 0.98], smoothstep(open, open + 0.05, gaps[i]!));
  }
};

const walls: readonly Rgb[] = [
  [0.6, 0.55, 0.45],
  [0.35, 0.12, 0.07],
  [0.75, 0.73, 0.7],
  [0.25, 0.24, 0.23],
  [0.62, 0.45, 0.2],
];

const building: Painter = (data, rng) => {
  const wall = pick(walls, rng);
  const stain = fractalNoise(size, 4, 4, 0.6, rng);
  for (let i = 0; i < size * size; i++) {
    const shade = 0.7 + 0.6 * stain[i]!;
    blend(data, i, [wall[0] * shade, wall[1] * shade, wall[2] * shade], 1);
  }
  const width = 10 + rng.integer(16);
  const height = 12 + rng.integer(22);
  const pitchX = width + 6 + rng.integer(16);
  const pitchY = height + 8 + rng.integer(16);
  const startX = rng.integer(pitchX);
  const startY = rng.integer(pitchY);
  const frame: Rgb = rng.float() < 0.6 ? [0.8, 0.8, 0.78] : [0.1, 0.08, 0.07];
  const pane: Rgb = rng.float() < 0.7 ? [0.03, 0.035, 0.045] : [0.4, 0.48, 0.6];
  for (let y = 0; y < size; y++) {
    const inY = (y + startY) % pitchY;
    for (let x = 0; x < size; x++) {
      const inX = (x + startX) % pitchX;
      if (inX >= width || inY >= height) continue;
      const edge =
        inX < 2 || inY < 2 || inX >= width - 2 || inY >= height - 2 || Math.abs(inX - width / 2) < 1;
      blend(data, y * size + x, edge ? frame : pane, 1);
    }
  }
};

const street: Painter = (data, rng) => {
  sky(data, rng);
  const trees = new Float32Array(data.length);
  foliage(trees, rng);
  const skyline = smoothNoise(size, 9, rng);
  const roofs = size * rng.uniform(0.2, 0.5);
  const kerb = size * rng.uniform(0.6, 0.8);
  const tarmac = smoothNoise(size, 32, rng);
  for (let i = 0; i < size * size; i++) {
    const y = Math.floor(i / size);
    const tree: Rgb = [trees[3 * i]!, trees[3 * i + 1]!, trees[3 * i + 2]!];
    blend(data, i, tree, smoothstep(-2, 2, y - roofs - 40 * (skyline[i]! - 0.5)));
    const grey = 0.1 + 0.1 * tarmac[i]!;
    blend(data, i, [grey, grey, grey * 1.05], smoothstep(-1, 1, y - kerb));
  }
};

/** Thin dark twigs, as of a winter tree, over whatever is there. */
const twigs: Painter = (data, rng) => {
  const bark: Rgb = [0.03, 0.025, 0.02];
  for (let twig = 8 + rng.integer(14); twig > 0; twig--) {
    let x = rng.uniform(0, size);
    let y = rng.uniform(0, size);
    let heading = rng.uniform(0, 2 * Math.PI);
    const thick = rng.float() < 0.3;
    for (let step = 30 + rng.integer(60); step > 0; step--) {
      heading += 0.25 * (rng.float() - 0.5);
      x += Math.cos(heading);
      y += Math.sin(heading);
      if (x < 0 || y < 0 || x >= size - 1 || y >= size) break;
      const texel = Math.floor(y) * size + Math.floor(x);
      blend(data, texel, bark, 0.85);
      if (thick) blend(data, texel + 1, bark, 0.7);
    }
  }
};

/** Draws a background: sky, trees, houses or a street. */
export function drawBackground(rng: Random): Background {
  const data = new Float32Array(3 * size * size);
  const paint = pick([sky, foliage, foliage, building, building, street, street], rng);
  paint(data, rng);
  if (rng.float() < 0.3) twigs(data, rng);
  return { size, data };
}
