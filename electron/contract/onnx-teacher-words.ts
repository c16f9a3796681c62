import type { OnnxTeacherRecipe } from './recipe/teacher.ts';
import type { NetworkHints } from './recipe/network-hints.ts';
import { halfStatistics, imagenetStatistics, sameStatistics, statisticsWords } from './recipe/statistics.ts';

const lastPart = (path: string): string => path.replace(/^.*[\\/]/, '');

function valuesPhrase(values: NonNullable<NetworkHints['values']>): string {
  if (values === 'pixels') return 'values from 0 to 255';
  if (values === 'unit') return 'values from 0 to 1';
  if (sameStatistics(values, imagenetStatistics)) return 'values normalised by ImageNet’s statistics';
  if (sameStatistics(values, halfStatistics)) return 'values from -1 to 1';
  return `values normalised by ${statisticsWords(values)}`;
}

/** How a recipe's ONNX teacher gets its images, and which of its outputs are which classes: a sentence each. */
export function onnxTeacherSentences({ classes, hints }: OnnxTeacherRecipe): string[] {
  const { size, values, channels } = hints;
  const set = [
    size !== null && `images of ${size} × ${size} pixels`,
    values !== null && valuesPhrase(values),
    channels !== null &&
      `channels in the order ${channels === 'RGB' ? 'red, green, blue' : 'blue, green, red'}`,
  ].filter((phrase) => phrase !== false);
  return [
    classes === null
      ? 'Its outputs are the dataset’s classes of the same names.'
      : typeof classes === 'string'
        ? `Which of its outputs is which class is listed in “${lastPart(classes)}”.`
        : `Which of its ${classes.length.toLocaleString('en-US')} outputs is which class is listed in the recipe.`,
    set.length === 0 ? 'It gets its images as its file states.' : `It gets ${set.join(', ')}.`,
  ];
}
