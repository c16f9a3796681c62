import { z } from 'zod';

/** A number that may be NaN. JSON has none: null stands for it in files. */
export const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
