/** What readers of networks' files do with rows of images and outputs. */

/** From NHWC to NCHW, of RGB images. */
export function planes(values: Float32Array, size: number): Float32Array {
  const area = size * size;
  const result = new Float32Array(values.length);
  for (let image = 0; image < values.length; image += 3 * area)
    for (let at = 0; at < area; at++)
      for (let channel = 0; channel < 3; channel++)
        result[image + channel * area + at] = values[image + 3 * at + channel]!;
  return result;
}

/** exp(x - max) over its sum, for each row of `outputs` logits. */
export function softmaxRows(logits: Float32Array, outputs: number): Float32Array {
  const result = new Float32Array(logits.length);
  for (let row = 0; row < logits.length; row += outputs) {
    let greatest = -Infinity;
    for (let i = row; i < row + outputs; i++) greatest = Math.max(greatest, logits[i]!);
    let sum = 0;
    for (let i = row; i < row + outputs; i++) sum += result[i] = Math.exp(logits[i]! - greatest);
    for (let i = row; i < row + outputs; i++) result[i]! /= sum;
  }
  return result;
}

/** All outputs of a network that takes `batch` images in every call, the last filled with black ones; null: any number. */
export async function inBatches(
  images: Uint8Array,
  n: number,
  batch: number | null,
  predict: (images: Uint8Array, n: number) => Promise<Float32Array>,
): Promise<Float32Array> {
  if (batch === null || batch === n) return predict(images, n);
  const bytes = images.length / n;
  const parts: Float32Array[] = [];
  for (let at = 0; at < n; at += batch) {
    const whole = new Uint8Array(batch * bytes);
    whole.set(images.subarray(at * bytes, Math.min(n, at + batch) * bytes));
    parts.push(await predict(whole, batch));
  }
  const outputs = parts[0]!.length / batch;
  const all = new Float32Array(parts.length * batch * outputs);
  for (const [i, part] of parts.entries()) all.set(part, i * batch * outputs);
  return all.subarray(0, n * outputs);
}
