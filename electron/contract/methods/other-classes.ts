import { z } from 'zod';
import type { NumberField } from '../number-field.ts';

/** How much a part of a term counts within it. */
export const shareSchema = z.number().min(0).max(1e6);

/** The weight of the classes that are not the target, where a method treats them apart. */
export const othersField = (symbol: string): NumberField => ({
  label: 'Weight of the other classes',
  symbol,
  help: {
    what: "How much the teacher's probabilities of the classes that are not the image's own count within this term.",
    unsure: '8 for decoupled distillation, 1.5 for normalised distillation.',
  },
  step: 0.5,
  min: 0,
});
