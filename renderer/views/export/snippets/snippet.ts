import type { ExportFormat, NetworkOptions } from '../../../../electron/contract/exports.ts';
import type { ImageRecipe } from '../../../../electron/contract/recipe/image.ts';

/** What code needs to know of an exported network. */
export interface SnippetFacts {
  format: ExportFormat;
  /** File or folder name. */
  file: string;
  image: Pick<ImageRecipe, 'size' | 'resize' | 'mean' | 'std'>;
  /** Number of classes. */
  classes: number;
  options: Pick<NetworkOptions, 'onnxInput' | 'tfliteInput'>;
}

/** Code that classifies an image with an exported network. */
export interface Snippet {
  /** Language and runtime, as people choose them. */
  title: string;
  /** Of what it is written for, by names of formats: the table lists them. */
  takes: (format: ExportFormat) => boolean;
  /** What is installed first, a command or a line of a build file. */
  install: string;
  code: (facts: SnippetFacts) => string;
}

export const isOnnx = (format: ExportFormat): boolean => format.startsWith('onnx');
export const isTflite = (format: ExportFormat): boolean => format.startsWith('tflite');

/** What becomes of an image that is not square, where the language has no short way to do it. */
export const squareComment: Record<ImageRecipe['resize'], string> = {
  squish: 'Images that are not square are stretched, as in training.',
  crop: 'In training, images that are not square were cropped to their middle square: crop first.',
  pad: 'In training, images that are not square were padded by reflection: pad first.',
};
