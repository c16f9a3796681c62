import { z } from 'zod';
import type { NumberField } from '../number-field.ts';

/**
 * exp(-gap / T) is 0 in float32 from gap / T = 104 on (2^-150). Networks' logits lie about 10 apart: at lower temperatures nothing
 * is left of a teacher's prediction but its first class, which the labels give already.
 */
const lowestTemperature = 0.1;
export const temperatureSchema = z.number().min(lowestTemperature).max(1000);

export const temperatureField: NumberField = {
  label: 'Temperature',
  symbol: 'T',
  help: {
    what: "Softens the teacher's probabilities. At 1 they single out one class; at higher values they also show which other classes look similar, which is what the student learns from.",
    unsure: '4 for soft targets and decoupled distillation; then try 2 and 8. 1 for the other methods.',
  },
  step: 0.5,
  min: 0.5,
};
