import { DistillError } from '../../contract/errors.ts';
import type { Training } from './callback.ts';

/** The error for numbers that are no longer finite, with what helps against it. */
export function divergence(training: Training, what: string): DistillError {
  const { role, epoch, read, recipe } = training;
  const clip = recipe.clipNorm === null ? 'set clipNorm (1 is usual)' : 'lower clipNorm';
  return new DistillError(
    'TRAINING_DIVERGED',
    `The ${what} of the ${role} became infinite or NaN in epoch ${epoch}${read ? `, step ${read.step}` : ''}.`,
    `Lower the learning rate to a third (lr-find suggests one) or ${clip}; the last checkpoint stands.`,
  );
}
