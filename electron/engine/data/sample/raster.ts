import sharp from 'sharp';
import { linearOfByte } from './light.ts';
import { signSvg } from './signs.ts';

/** A clean sign as texels. */
export interface SignRaster {
  size: number;
  /** Linear light, premultiplied by alpha: [size, size, 4]. */
  data: Float32Array;
  /** The leftmost and the rightmost point of each row that the sign covers, as u, v pairs in [-1, 1]. */
  outline: Float32Array;
}

/** Sharp enough for the largest photograph: a sign of 100 px. */
const size = 128;

function outlineOf(bytes: Uint8Array): Float32Array {
  const points: number[] = [];
  for (let y = 0; y < size; y++) {
    const covered = (x: number): boolean => bytes[4 * (y * size + x) + 3]! >= 128;
    let left = 0;
    while (left < size && !covered(left)) left++;
    if (left === size) continue;
    let right = size - 1;
    while (!covered(right)) right--;
    const v = (2 * (y + 0.5)) / size - 1;
    points.push((2 * left) / size - 1, v, (2 * (right + 1)) / size - 1, v);
  }
  return Float32Array.from(points);
}

/** The sign of a class, drawn by librsvg: the one step that is not our own arithmetic. */
export async function rasterise(classId: number): Promise<SignRaster> {
  const bytes = await sharp(Buffer.from(signSvg(classId)))
    .resize(size, size)
    .ensureAlpha()
    .raw()
    .toBuffer();
  const data = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i += 4) {
    const alpha = bytes[i + 3]! / 255;
    for (let c = 0; c < 3; c++) data[i + c] = alpha * linearOfByte[bytes[i + c]!]!;
    data[i + 3] = alpha;
  }
  return { size, data, outline: outlineOf(bytes) };
}
