import { createSpillFile, removeSpillFile } from '../spill-file.ts';
import type { Given } from './given.ts';
import { mount } from './mount.ts';
import { isParquet, noParquet, openParquets } from './parquet.ts';
import { openZip } from './zip.ts';

/**
 * An archive, whose Parquet files are read as folders of their images. They are read at random, which packed bytes are not:
 * each is unpacked to a file of its own until the dataset is closed. Throws as openZip and createSpillFile do.
 */
export async function openZipWithParquets(file: string, signal?: AbortSignal): Promise<Given> {
  const base = await openZip(file, signal);
  if (!base.keys.some(isParquet)) return { source: base, table: null, parquet: noParquet() };
  const unpacked: string[] = [];
  const clean = async () => {
    for (const one of unpacked) await removeSpillFile(one);
  };
  const closed = async (opened: { close(): Promise<void> }) => {
    try {
      await opened.close();
    } finally {
      await clean();
    }
  };
  const unpack = async (key: string) => {
    const what = `The unpacked Parquet files of "${file}"`;
    const place = await createSpillFile(base.sizeOf(key), what);
    unpacked.push(place);
    await base.copy(key, place, signal);
    return { place, shown: `${file}/${key}` };
  };
  try {
    const parquet = await openParquets(base.keys, unpack, signal);
    // The archive's own time and size show whether it is still the same.
    const mounted = parquet.sources.map(({ images: { key }, source }) => {
      return { archive: key, folder: key, source: { ...source, places: [] } };
    });
    const source = mount(base, mounted);
    const close = () => closed(source);
    return { source: { ...source, close }, table: null, parquet };
  } catch (thrown) {
    await closed(base);
    throw thrown;
  }
}
