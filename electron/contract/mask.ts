import { z } from 'zod';

/** Which classes count: seen and unseen refer to the recipe's trainClasses. */
export const maskSchema = z.strictObject({
  classes: z
    .union([z.enum(['all', 'seen', 'unseen']), z.array(z.number().int().min(0)).min(1)])
    .default('all'),
  invert: z.boolean().default(false),
});
export type Mask = z.output<typeof maskSchema>;
