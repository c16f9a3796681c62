import { DistillError } from '../../contract/errors.ts';
import { isReference, type PublishedWeights, referenced } from '../../contract/published-weights.ts';
import { hasContent } from '../data/download/content.ts';
import { lengthOf } from '../data/download/fetch-part.ts';
import { cachedFile, remoteWeights } from '../data/download/published.ts';

export interface NamedWeights {
  /** The file to read. */
  file: string;
  /** What people know it by. */
  name: string;
  /** null: a file of somebody's own. */
  published: PublishedWeights | null;
}

/**
 * The file that a recipe's `weights` name: a path as it is, published weights where all runs keep them. Throws NOT_FOUND where those
 * are not on this machine, or not known to this version.
 */
export async function namedWeights(weights: string): Promise<NamedWeights> {
  if (!isReference(weights)) return { file: weights, name: weights, published: null };
  const published = referenced(weights);
  if (published === null)
    throw new DistillError(
      'NOT_FOUND',
      `No published weights are known here as "${weights}".`,
      'Name one of those that "distill-studio weights list" shows, or a file.',
    );
  const file = cachedFile(published);
  if ((await lengthOf(file)) > 0) return { file, name: published.name, published };
  throw new DistillError(
    'NOT_FOUND',
    `The weights ${published.name} are not on this machine.`,
    `Download them beside the network in the wizard, or with "distill-studio weights fetch ${published.name}".`,
  );
}

/** The same of weights that a training is to begin with: published ones are what their name says. Throws WEIGHTS_CORRUPT, too. */
export async function checkedWeights(weights: string): Promise<NamedWeights> {
  const named = await namedWeights(weights);
  const { published, file } = named;
  const isRight =
    published === null || (await hasContent(file, remoteWeights(published), new AbortController().signal));
  if (isRight) return named;
  throw new DistillError(
    'WEIGHTS_CORRUPT',
    `The file ${file} is not ${named.name} any more: its checksum is another.`,
    `Download it again: "distill-studio weights fetch ${named.name}".`,
  );
}
