import { PixelStore, type PixelStoreOptions } from '../../../electron/engine/data/pixel-store.ts';
import { Pixels } from '../../../electron/engine/data/pixels.ts';
import { random } from '../../../electron/engine/numbers/random.ts';

/** Images of noise, seven classes, stored in reverse, so that an image and its row are different numbers. */
export async function noisePixels(
  count: number,
  size: number,
  where: Pick<PixelStoreOptions, 'memory' | 'folder'> = {},
): Promise<Pixels & { store: PixelStore }> {
  const stream = random(1, 'pixels');
  const store = await PixelStore.create({ count, size, ...where });
  const rows = Array.from({ length: count }, (_, i) => count - 1 - i);
  for (const row of rows) {
    store.write(
      row,
      Uint8Array.from({ length: size * size * 3 }, () => stream.integer(256)),
    );
  }
  const samples = rows.map((_, i) => ({ key: `image ${i}`, label: i % 7 }));
  return Object.assign(new Pixels(store, samples, rows), { store });
}
