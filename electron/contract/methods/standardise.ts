import { z } from 'zod';

/** Whether a softened term compares Z-scores of the logits in place of the logits (Sun et al., 2024). */
export const standardiseSchema = z.boolean().default(false);

/** Soft targets of standardised logits. */
export const standardisedWords = (standardise: boolean): string =>
  standardise ? ' of standardised logits' : '';
