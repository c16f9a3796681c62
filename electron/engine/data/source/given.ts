import type { ReadingRecipe } from '../../../contract/recipe/reading.ts';
import type { ParquetFiles } from './parquet.ts';
import type { Source } from './source.ts';

/** What a person pointed at. */
export interface Given {
  source: Source;
  /** Key of the table of labels, where that was named instead of its folder. */
  table: string | null;
  /** The Parquet files among them, whose rows are files of the source. */
  parquet: ParquetFiles;
}

/** What a format reads: what was given, which of its files are images, and the layout by the recipe. */
export interface ToRead extends Given {
  images: readonly string[];
  reading: ReadingRecipe;
  /** Whether lists of images beside class folders divide these; earlier versions passed over them. */
  readsLists: boolean;
  /** Files that a format looked at and could not use, by key, a clause each: for the report, where no other format uses them. */
  refusals: Map<string, string>;
}
