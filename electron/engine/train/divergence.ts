import { DistillError } from '../../contract/errors.ts';
import type { Training } from './callback.ts';

/** What helps against a loss that runs away. */
export function remedyOf({ recipe }: Pick<Training, 'recipe'>): string {
  const clip = recipe.clipNorm === null ? 'set clipNorm (1 is usual)' : 'lower clipNorm';
  return `Lower the learning rate to a third (lr-find suggests one) or ${clip}.`;
}

/** The error for numbers that are no longer finite, with what helps against it. */
export function divergence(training: Training, what: string): DistillError {
  const { role, epoch, read } = training;
  return new DistillError(
    'TRAINING_DIVERGED',
    `The ${what} of the ${role} became infinite or NaN in epoch ${epoch}${read ? `, step ${read.step}` : ''}.`,
    `${remedyOf(training)} The last checkpoint stands.`,
  );
}
