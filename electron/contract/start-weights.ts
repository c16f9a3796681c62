import { baseName } from './base-name.ts';
import { type Finding, warning } from './findings.ts';
import { isReference, type PublishedWeights, referenced, referenceName } from './published-weights.ts';
import type { Recipe } from './recipe.ts';
import type { ImageRecipe } from './recipe/image.ts';
import { sameStatistics, statisticsWords } from './recipe/statistics.ts';
import { imageOf } from './role-image.ts';

const resizeWords: Record<ImageRecipe['resize'], string> = {
  crop: 'resized by their shorter side and cut to the middle',
  squish: 'squeezed into the square',
  pad: 'padded to the square',
};

/** What a training starts from, in words, by a recipe's `weights`. */
export const startPhrase = (weights: string): string =>
  isReference(weights)
    ? `ImageNet weights (${referenceName(weights)})`
    : `the weights in “${baseName(weights)}”`;

/** How the images of a run differ from those that published weights were evaluated on, in a sentence. */
export function imageSentence({ name, image }: PublishedWeights, own: ImageRecipe): string {
  const normalised = sameStatistics(image, own)
    ? 'normalised in the same way'
    : `normalised by ${statisticsWords(own)}`;
  return (
    `${name} was evaluated at ${image.crop} px: the shorter side resized to ${image.resize}, the middle cut out (${image.interpolation}), normalised by ${statisticsWords(image)}. ` +
    `Here its network sees images of ${own.size} px, ${resizeWords[own.resize]} and ${normalised}.`
  );
}

/** The trainings of a recipe with what each starts from; null: random weights. */
const startsOf = ({ teacher, student }: Pick<Recipe, 'teacher' | 'student'>) =>
  [
    { role: 'teacher', weights: teacher.source === 'train' ? teacher.weights : null, field: 'teacher.image' },
    { role: 'student', weights: student.weights, field: 'data.image' },
  ] as const;

/** Whether a training starts from published weights. */
export const startsFromPublished = (recipe: Pick<Recipe, 'teacher' | 'student'>): boolean =>
  startsOf(recipe).some(({ weights }) => weights !== null && isReference(weights));

/** What is to be said of published weights that a training starts from: images that are normalised in another way. */
export function startFindings(recipe: Recipe): Finding[] {
  return startsOf(recipe).flatMap(({ role, weights, field }) => {
    const published = weights === null ? null : referenced(weights);
    if (published === null || sameStatistics(published.image, imageOf(recipe, role))) return [];
    return [
      warning(
        'start-normalisation',
        `The ${role} starts from ${published.name}, which was trained on images normalised in another way.`,
        `Set ${statisticsWords(published.image)}.`,
        `${field}.mean`,
      ),
    ];
  });
}
