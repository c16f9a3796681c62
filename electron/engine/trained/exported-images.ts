import type { ImportReport } from '../../contract/dataset.ts';
import { DistillError } from '../../contract/errors.ts';
import type { ExportedFile } from '../../contract/exported.ts';
import { counted } from '../../contract/findings.ts';
import { imageSchema } from '../../contract/recipe/image.ts';
import type { ReadingRecipe } from '../../contract/recipe/reading.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { withDecoded } from '../data/decoded-samples.ts';
import type { KeepOptions } from '../data/import.ts';
import { labelledImages, type LabelledImages } from '../data/labelled-images.ts';
import { skippedNote, unknownNote } from './new-images.ts';

/** How a file's images are made square where it does not state it. */
export const resizeOf = ({ input }: Pick<ExportedFile, 'input'>) =>
  input.resize ?? imageSchema.shape.resize.parse(undefined);

export interface ExportedImagesOptions {
  /** The dataset. */
  path: string;
  classNames: string | null;
  reading: ReadingRecipe;
  runtime: Pick<Runtime, 'workers' | 'memory'>;
  signal: AbortSignal;
  onImport: (done: number, total: number) => void;
}

export interface ExportedImages {
  images: LabelledImages;
  /** The names of the network's outputs, in their order. */
  classes: string[];
  /** A sentence each. */
  notes: string[];
  close(): Promise<void>;
}

/**
 * A dataset's test images, or all of its images where it has no test part, labelled with a network's outputs. Whoever gets them
 * closes them. Throws as openDataset; INVALID_INPUT where nothing states which class each output is.
 */
export function exportedImages(
  description: ExportedFile,
  { path, classNames, reading, runtime, signal, onImport }: ExportedImagesOptions,
): Promise<ExportedImages> {
  const { input, classes, outputs } = description;
  const memory = runtime.memory === null ? null : runtime.memory * 2 ** 20;
  const image = { size: input.size, resize: resizeOf(description) };
  const wanted: KeepOptions['wanted'] = ({ part }, hasTest) => part === 'test' || !hasTest;
  const keep = { image, workers: runtime.workers, memory, wanted };
  const options = { classNames, reading, vocabulary: classes, signal, onProgress: onImport, keep };
  return withDecoded(path, options, async (dataset, decode) => {
    const { report, train, validation, test, unknownLabels } = dataset;
    if (classes === null && dataset.classes.length !== outputs)
      throw new DistillError(
        'INVALID_INPUT',
        `The network has ${outputs} outputs without names, and the dataset ${dataset.classes.length} classes.`,
        'State which class each output is: the names in the order of the outputs.',
      );
    const notes = [
      partNote(report, test.length),
      classes === null
        ? 'The file does not name its outputs: they are taken to be the classes of the dataset, in its order.'
        : null,
      input.resize === null
        ? `The file does not state how images are made square: they are resized by "${image.resize}".`
        : null,
      unknownNote(unknownLabels, 'network'),
      skippedNote(report, unknownLabels),
    ].filter((note) => note !== null);
    // Of a test part none of whose images can be used the import kept nothing that counts.
    const pixels = await decode(test.length > 0 ? test : [...train, ...validation]);
    return { images: labelledImages(pixels), classes: dataset.classes, notes };
  });
}

function partNote({ train, validation }: ImportReport, test: number): string {
  if (test > 0) return `${counted(test, 'test image')} of the dataset.`;
  const images = counted(train.images + validation.images, 'image');
  return `The dataset has no test part: all of its ${images} are evaluated, including those that the network may have been trained on.`;
}
