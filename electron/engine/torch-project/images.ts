import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../platform/files.ts';
import { needsApostrophes } from '../../contract/spreadsheet.ts';
import type { Dataset, Sample } from '../data/dataset.ts';
import type { FileContent } from '../export/item.ts';

/** How the project finds its images. */
export interface ProjectImages {
  /** The folder that the names in the table are relative to: of the dataset, or in the project. */
  folder: string;
  /** A sample's name in the table. */
  nameOf: (sample: Sample) => string;
  /** Copies in the project, by their paths there. */
  files: Record<string, FileContent>;
}

const copies = 'images';

/** In a folder the images stay where they are; out of zips and Parquet files, which Pillow does not open, they are copied. */
export async function projectImages(dataset: Dataset, samples: readonly Sample[]): Promise<ProjectImages> {
  const given = path.resolve(dataset.path);
  const info = await stat(given).catch((thrown: unknown) => {
    throw fileError(thrown, given);
  });
  const folder = info.isDirectory() ? given : path.dirname(given);
  if (samples.every(({ key }) => existsSync(path.join(folder, key))))
    // A spreadsheet would take some names for formulas; with ./ before it a name is the same one.
    return { folder, files: {}, nameOf: ({ key }) => (needsApostrophes([key]) ? `./${key}` : key) };
  // Names of entries may be anything; a copy's name is its content's hash.
  const nameOf = ({ hash, key }: Sample) => `${hash}${path.posix.extname(key).toLowerCase()}`;
  const files = samples.map(
    (sample) => [`${copies}/${nameOf(sample)}`, () => dataset.read(sample.key)] as const,
  );
  return { folder: copies, files: Object.fromEntries(files), nameOf };
}
