import type { RgbImage } from './rgb-image.ts';
import { resizeImage } from './resize.ts';

/** Side of the small picture that two images are compared by. */
const side = 32;
/** Low frequencies of each direction that the hash is made of. */
const frequencies = 8;
/** Bytes of the hash, and of it and the small picture together. */
export const hashBytes = (frequencies * frequencies) / 8;
export const pictureBytes = hashBytes + side * side;

/** Standard deviation of the grey levels below which an image shows nothing that could be recognised. */
const leastContrast = 4;
/** A larger image is sampled: this many pixels a side are enough for 32. */
const sampled = 256;

/**
 * What an image looks like, independent of its size and encoding: a perceptual hash (signs of the low frequencies of its
 * cosine transform about their median; Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010), then
 * its grey levels at 32 x 32 pixels. null for images without contrast, which all look alike.
 */
export function pictureOf(image: RgbImage): Uint8Array | null {
  const grey = greyLevels(resizeImage(thinned(image), side, 'squish'));
  if (deviation(grey) < leastContrast) return null;
  const picture = new Uint8Array(pictureBytes);
  picture.set(hashOf(grey));
  picture.set(grey, hashBytes);
  return picture;
}

/** Every nth pixel of every nth row. */
function thinned(image: RgbImage): RgbImage {
  const step = Math.floor(Math.min(image.width, image.height) / sampled);
  if (step < 2) return image;
  const width = Math.floor(image.width / step);
  const height = Math.floor(image.height / step);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * step * image.width + x * step) * 3;
      const to = (y * width + x) * 3;
      for (let channel = 0; channel < 3; channel++) data[to + channel] = image.data[from + channel]!;
    }
  return { width, height, data };
}

/** ITU-R BT.601. */
const greyLevels = (rgb: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: side * side }, (_, i) =>
    Math.round(0.299 * rgb[3 * i]! + 0.587 * rgb[3 * i + 1]! + 0.114 * rgb[3 * i + 2]!),
  );

function deviation(grey: Uint8Array): number {
  const mean = grey.reduce((sum, level) => sum + level, 0) / grey.length;
  return Math.sqrt(grey.reduce((sum, level) => sum + (level - mean) ** 2, 0) / grey.length);
}

/** cos(pi / 32 * (x + 1/2) * u). */
const cosines = Float64Array.from({ length: frequencies * side }, (_, i) =>
  Math.cos((Math.PI / side) * ((i % side) + 0.5) * Math.floor(i / side)),
);

function hashOf(grey: Uint8Array): Uint8Array {
  const rows = new Float64Array(side * frequencies);
  for (let y = 0; y < side; y++)
    for (let u = 0; u < frequencies; u++) {
      let sum = 0;
      for (let x = 0; x < side; x++) sum += grey[y * side + x]! * cosines[u * side + x]!;
      rows[y * frequencies + u] = sum;
    }
  const transformed = new Float64Array(frequencies * frequencies);
  for (let v = 0; v < frequencies; v++)
    for (let u = 0; u < frequencies; u++) {
      let sum = 0;
      for (let y = 0; y < side; y++) sum += rows[y * frequencies + u]! * cosines[v * side + y]!;
      transformed[v * frequencies + u] = sum;
    }
  // The first is the image's brightness, which is not its content.
  const shape = transformed.slice(1).sort();
  const median = shape[Math.floor(shape.length / 2)]!;
  const hash = new Uint8Array(hashBytes);
  for (let i = 1; i < transformed.length; i++) if (transformed[i]! > median) hash[i >> 3]! |= 1 << (i & 7);
  return hash;
}
