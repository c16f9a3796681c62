import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { RgbImage } from '../../data/rgb-image.ts';
import { fileError, writeFileAtomic } from '../../../platform/files.ts';
import type { RunFolder } from '../../run-folder/run-folder.ts';

/** A sample's key may be longer than a file name may be, and hold any character. */
const fileOf = (key: string) => `${createHash('sha256').update(key).digest('hex').slice(0, 16)}.png`;

/**
 * Keeps the images of the mistakes as PNG in the run's folder mistakes/, so that the report can be written again without the
 * dataset. Keys are the samples'; `shownMistakes` lists those that a report shows. Throws DISK_FULL or NOT_WRITABLE.
 */
export async function saveMistakeImages(
  run: RunFolder,
  images: Readonly<Record<string, RgbImage>>,
): Promise<void> {
  for (const [key, { width, height, data }] of Object.entries(images)) {
    const png = await sharp(data, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    await writeFileAtomic(await run.prepare('mistakes', fileOf(key)), png);
  }
}

/** The kept images of these keys as data URIs; one that was not kept is left out. */
export async function mistakeDataUris(
  run: RunFolder,
  keys: readonly string[],
): Promise<Record<string, string>> {
  const entries = await Promise.all(
    keys.map(async (key): Promise<[string, string][]> => {
      const file = run.path('mistakes', fileOf(key));
      try {
        return [[key, `data:image/png;base64,${(await readFile(file)).toString('base64')}`]];
      } catch (thrown) {
        const error = fileError(thrown, file);
        if (error.code === 'NOT_FOUND') return [];
        throw error;
      }
    }),
  );
  return Object.fromEntries(entries.flat());
}
