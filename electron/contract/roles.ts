import { z } from 'zod';

/** The networks of a run, in the order in which they are trained. */
export const roles = ['teacher', 'student', 'baseline'] as const;
export type Role = (typeof roles)[number];
export const roleSchema = z.enum(roles);
