/** Linear light, as cameras see it: 0 is black, 1 is white paper in the sun. */
export type Rgb = readonly [number, number, number];

/** sRGB's transfer function (IEC 61966-2-1): encoded to linear, both in [0, 1]. */
const decode = (value: number): number =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;

const encode = (value: number): number =>
  value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;

/** Linear light of the 256 values of a byte. */
export const linearOfByte = Float32Array.from({ length: 256 }, (_, byte) => decode(byte / 255));

const steps = 4095;
const encoded = Float32Array.from({ length: steps + 1 }, (_, i) => 255 * encode(i / steps));

/** Linear light to sRGB in [0, 255], not rounded; light outside [0, 1] is clipped. */
export function encodeLight(light: number): number {
  return encoded[light <= 0 ? 0 : light >= 1 ? steps : Math.round(light * steps)]!;
}
