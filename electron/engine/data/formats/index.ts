import { classFolders } from './class-folders.ts';
import { csv } from './csv.ts';
import type { DatasetFormat } from './format.ts';
import { gtsrb } from './gtsrb.ts';
import { parquet } from './parquet.ts';

/** Every layout that an import knows, the most particular first: the first that recognises what was given reads it. */
export const formats: readonly DatasetFormat[] = [gtsrb, parquet, csv, classFolders];
