import { z } from 'zod';

/** Names of Kubernetes' objects: RFC 1123 labels. */
const labelSchema = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and dashes');

/** What runs the members of a sweep on a cluster. */
export const schedulerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slurm') }),
  z.strictObject({
    kind: z.literal('kubernetes'),
    /** The container image with this program. */
    image: z.string().min(1).max(500).regex(/^\S+$/, 'must not have spaces').default('distill-studio'),
    /** The PersistentVolumeClaim of the folder that all pods see. */
    claim: labelSchema.default('distill-studio'),
  }),
]);
export type Scheduler = z.output<typeof schedulerSchema>;

/** A sweep that waits to be submitted. */
export interface WrittenSweep {
  /** The sweep's. */
  folder: string;
  /** The script that submits it. */
  submit: string;
  files: string[];
  members: number;
  /** Those that run first, because others share the teachers that they train. */
  first: number;
  /** What is to be looked at before it is submitted, a sentence each. */
  notes: string[];
}
