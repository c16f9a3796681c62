import type { Random } from '../../numbers/random.ts';
import type { Rgb } from './light.ts';
import { fractalNoise, smoothNoise, smoothstep } from './noise.ts';
import type { SignRaster } from './raster.ts';

/** A sign's texels in several resolutions, each half the one before: premultiplied linear RGBA. */
export type Pyramid = readonly { size: number; data: Float32Array }[];

type Ageing = (data: Float32Array, size: number, rng: Random) => void;

/** Mixes `colour` into every texel by `share(i)`, which leaves alpha as it is. */
function coat(data: Float32Array, colour: Rgb, share: (texel: number) => number): void {
  for (let i = 0; i < data.length; i += 4) {
    const s = share(i / 4);
    if (s > 0) for (let c = 0; c < 3; c++) data[i + c]! += s * (data[i + 3]! * colour[c]! - data[i + c]!);
  }
}

/** The sun bleaches the paint, red most. */
const bleach: Ageing = (data, _size, rng) => {
  const share = 0.3 * rng.float() ** 2;
  const redToo = rng.uniform(0, 0.25);
  for (let i = 0; i < data.length; i += 4) {
    const [red, green, blue, alpha] = [data[i]!, data[i + 1]!, data[i + 2]!, data[i + 3]!];
    const grey = 0.5 * (0.3 * red + 0.6 * green + 0.1 * blue) + 0.25 * alpha;
    const redness = Math.max(0, red - green);
    data[i] = red + share * (grey - red);
    data[i + 1] = green + share * (grey - green) + redToo * share * redness;
    data[i + 2] = blue + share * (grey - blue) + redToo * share * redness;
  }
};

const dirt: Ageing = (data, size, rng) => {
  const spots = fractalNoise(size, 4, 4, 0.65, rng);
  const from = rng.uniform(0.45, 0.62);
  const strength = rng.uniform(0.1, 0.4);
  const earth: Rgb = rng.float() < 0.6 ? [0.1, 0.08, 0.05] : [0.06, 0.09, 0.05];
  coat(data, earth, (i) => {
    const low = 0.3 * (Math.floor(i / size) / size);
    return strength * smoothstep(from, from + 0.25, spots[i]! + low - 0.15);
  });
};

/** Shade of leaves or of an edge; it darkens, it does not tint. */
const shadow: Ageing = (data, size, rng) => {
  const depth = rng.uniform(0.3, 0.65);
  const leafy = rng.float() < 0.55;
  const noise = smoothNoise(size, 4 + rng.integer(4), rng);
  const angle = rng.uniform(0, 2 * Math.PI);
  const offset = rng.uniform(-0.3, 0.3);
  coat(data, [0, 0, 0], (i) => {
    const across =
      Math.cos(angle) * ((i % size) / size - 0.5) + Math.sin(angle) * (Math.floor(i / size) / size - 0.5);
    return depth * (leafy ? smoothstep(0.45, 0.6, noise[i]!) : smoothstep(-0.02, 0.02, across - offset));
  });
};

/** Stickers, or leaves and snow that hide a part. */
const cover: Ageing = (data, size, rng) => {
  const colours: readonly Rgb[] = [
    [0.02, 0.05, 0.01],
    [0.75, 0.75, 0.72],
    [0.05, 0.05, 0.06],
    [0.12, 0.09, 0.03],
  ];
  const colour = colours[rng.integer(colours.length)]!;
  const x = size * rng.uniform(0.15, 0.85);
  const y = size * rng.uniform(0.15, 0.85);
  const width = size * rng.uniform(0.05, 0.14);
  const height = size * rng.uniform(0.05, 0.14);
  const ragged = rng.float() < 0.6;
  const edge = smoothNoise(size, 12, rng);
  coat(data, colour, (i) => {
    const dx = Math.abs((i % size) - x) / width;
    const dy = Math.abs(Math.floor(i / size) - y) / height;
    const distance = ragged ? Math.hypot(dx, dy) + 1.2 * (edge[i]! - 0.5) : Math.max(dx, dy);
    return 1 - smoothstep(0.92, 1.08, distance);
  });
};

/** Light that falls stronger on one side, as on a curved or dented plate. */
const slant: Ageing = (data, size, rng) => {
  const across = rng.uniform(-0.2, 0.2);
  const down = rng.uniform(-0.2, 0.2);
  for (let i = 0; i < data.length; i += 4) {
    const x = ((i / 4) % size) / size - 0.5;
    const y = Math.floor(i / 4 / size) / size - 0.5;
    const factor = 1 + across * x + down * y;
    for (let c = 0; c < 3; c++) data[i + c]! *= factor;
  }
};

function halve(data: Float32Array, size: number): Float32Array {
  const half = size / 2;
  const result = new Float32Array(4 * half * half);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const from = 4 * (2 * y * size + 2 * x);
      for (let c = 0; c < 4; c++) {
        const at = from + c;
        const sum = data[at]! + data[at + 4]! + data[at + 4 * size]! + data[at + 4 * size + 4]!;
        result[4 * (y * half + x) + c] = sum / 4;
      }
    }
  }
  return result;
}

/** One physical sign: the clean one, aged, soiled and shaded. */
export function wear(sign: SignRaster, rng: Random): Pyramid {
  let data: Float32Array = sign.data.slice();
  let size = sign.size;
  bleach(data, size, rng);
  if (rng.float() < 0.4) dirt(data, size, rng);
  if (rng.float() < 0.12) cover(data, size, rng);
  slant(data, size, rng);
  if (rng.float() < 0.2) shadow(data, size, rng);
  const pyramid = [{ size, data }];
  while (size > 8) {
    data = halve(data, size);
    size /= 2;
    pyramid.push({ size, data });
  }
  return pyramid;
}
