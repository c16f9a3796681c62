import type { Batch } from '../../electron/engine/data/batch.ts';
import { random } from '../../electron/engine/numbers/random.ts';

/** Batches of standard normal images with random labels; every image has an index of its own. */
export function noiseBatches(
  count: number,
  { batchSize, size, classes }: { batchSize: number; size: number; classes: number },
): Batch[] {
  return Array.from({ length: count }, (_, batch) => {
    const noise = random(1, 'bench', batch);
    const floats = batchSize * size * size * 3;
    const images = new Float32Array(new SharedArrayBuffer(floats * Float32Array.BYTES_PER_ELEMENT));
    for (let i = 0; i < floats; i++) images[i] = noise.normal();
    return {
      images,
      labels: Int32Array.from({ length: batchSize }, () => noise.integer(classes)),
      indices: Int32Array.from({ length: batchSize }, (__, i) => batch * batchSize + i),
      n: batchSize,
    };
  });
}
