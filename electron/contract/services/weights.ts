import { z } from 'zod';
import { method, pathSchema } from '../method.ts';
import type { WeightsEntry, WeightsList } from '../published-weights.ts';

export const weightsService = {
  list: method<WeightsList>()(z.strictObject({})),
  /**
   * Downloads published weights, by torchvision's name, the file's or the architecture's; continues where a cut left off. Returns at
   * once where they are there. Throws NOT_FOUND for a name that is not known, WEIGHTS_CORRUPT for a wrong checksum, NETWORK, DISK_FULL.
   */
  fetch: method<WeightsEntry>()(z.strictObject({ name: z.string().min(1) })),
  /**
   * Copies a file that came another way, for machines without network. It is recognised by its content, whatever its name. Throws
   * WEIGHTS_MISMATCH where it is not one of the published ones.
   */
  add: method<WeightsEntry>()(z.strictObject({ file: pathSchema })),
} as const;
