import { z } from 'zod';

/** The schema, for files of earlier versions too, which have the field `now` under the name `former`. */
export const withFormerName = <T extends z.ZodType>(schema: T, former: string, now: string) =>
  z.preprocess((value) => {
    if (typeof value !== 'object' || value === null || !(former in value)) return value;
    const { [former]: kept, ...rest } = value as Record<string, unknown>;
    return { [now]: kept, ...rest };
  }, schema);
