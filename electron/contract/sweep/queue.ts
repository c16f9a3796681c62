import { z } from 'zod';
import { pathSchema } from '../method.ts';

const schemes = ['redis:', 'rediss:'];

/** A Redis server: redis://[user:password@]host[:port][/database], or rediss:// for TLS. */
export const queueUrlSchema = z
  .string()
  .refine(
    (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol),
    'must be an address such as redis://host:6379',
  );

/** The address without user and password, as it may be shown. */
export function shownQueue(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

/** How a sweep is spread over machines. */
export const queueSchema = z.strictObject({
  url: queueUrlSchema,
  /** A folder that all machines see, with the sweep's folder in it. null: files travel by HTTP, from `address`. */
  shared: pathSchema.nullable().default(null),
  /** http://host:port, at which workers reach this machine, which listens at that port. */
  address: z
    .url({ protocol: /^http$/ })
    .nullable()
    .default(null),
});
export type SweepQueue = z.output<typeof queueSchema>;

/** What a machine offers. */
export const workerOfferSchema = z.strictObject({
  url: queueUrlSchema,
  /** The folder in which it works, apart from all other runs. */
  folder: pathSchema,
  /** Its name on screens and in the members' folders. null: the machine's. */
  name: z.string().trim().min(1).max(100).nullable().default(null),
  /** Cores for all members together; null: all. */
  cores: z.number().int().min(1).max(1024).nullable().default(null),
  /** Threads of a member whose sweep does not state them; null: all cores on offer. */
  threads: z.number().int().min(1).max(256).nullable().default(null),
  /** GiB for the images of all members together; null: a quarter of the machine's. */
  memory: z.number().positive().nullable().default(null),
  /** Datasets that are here, by name. */
  data: z.record(z.string(), pathSchema).default({}),
  /** Where the folder that all machines see is on this one. */
  shared: pathSchema.nullable().default(null),
  /** Seconds without a sign of life after which a member is given to another worker; the same on all machines. */
  lease: z.number().min(1).max(3600).default(30),
});
export type WorkerOffer = z.output<typeof workerOfferSchema>;

/** The topic of what this machine gives to queues and takes from them: log events. */
export const queueTopic = 'queue';
