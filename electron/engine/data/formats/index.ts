import type { DatasetFormatName } from '../../../contract/dataset.ts';
import { classFolders } from './class-folders.ts';
import { csv } from './csv.ts';
import type { DatasetFormat } from './format.ts';
import { gtsrb } from './gtsrb.ts';
import { parquet } from './parquet.ts';

/** Every layout that an import reads, the most particular first: the first that recognises what was given reads it. */
const table: { [Name in DatasetFormatName]: DatasetFormat<Name> } = {
  gtsrb,
  parquet,
  csv,
  'class-folders': classFolders,
};

export const formats: readonly DatasetFormat[] = Object.values(table);
