/** IEEE 754 binary16 ("half"); Node 20 has neither Float16Array nor DataView.getFloat16. */

/** The greatest finite half; a half's place among the small ones is a multiple of 2^-24. */
export const largestHalf = 65504;
const smallest = 2 ** -24;
/** Smaller halves than this have fewer than 11 significant binary digits. */
export const smallestNormalHalf = 2 ** -14;

const scratch = new DataView(new ArrayBuffer(4));

/** The 16 bits of the half nearest to a float32, of two equally near ones the even; from 65520 on infinity. */
export function halfBits(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Adding 2^52 leaves no binary digit after the point, and rounds as wanted.
    const steps = Math.abs(scratch.getFloat32(0)) / smallest + 2 ** 52 - 2 ** 52;
    return sign | steps;
  }
  // 13 digits of the fraction go; a carry runs into the exponent, whose bias falls from 127 to 15.
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** halfBits of each. */
export function halvesOf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(values.length);
  // Uint16Array.from(values, halfBits) takes thirty times as long.
  for (let i = 0; i < values.length; i++) halves[i] = halfBits(values[i]!);
  return halves;
}

/** The number that 16 bits stand for. */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * smallest;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
