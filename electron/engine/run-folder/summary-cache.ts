import { stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { errorCodes } from '../../contract/error-codes.ts';
import { runStates } from '../../contract/run.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import { readJson, writeFileAtomic } from '../../platform/files.ts';
import { outcomeSchema, rangeSchema } from './record.ts';

/** Beside the runs that it is of. */
const CACHE = '.summaries.json';
/** Fewer runs are looked at as fast as this file. */
const LEAST_RUNS = 20;

// A field that the type gains does not compile until it is here, and what an earlier version kept then counts no more.
const summarySchema = z.strictObject({
  folder: z.string(),
  name: z.string(),
  recipeName: z.string(),
  annotation: z.object({ name: z.string().nullable(), tags: z.array(z.string()), notes: z.string() }),
  state: z.enum(runStates),
  startedAt: z.string(),
  updatedAt: z.string(),
  error: z
    .object({ code: z.enum(errorCodes), message: z.string(), hint: z.string(), retryable: z.boolean() })
    .nullable(),
  accuracy: outcomeSchema.shape.accuracy,
  architectures: z.object({ teacher: z.string().nullable(), student: z.string() }),
  student: z
    .object({ parameters: z.number(), latencyMs: z.number().nullable(), latencyRange: rangeSchema })
    .nullable(),
  verdict: outcomeSchema.shape.verdict,
  studentBytes: z.number().nullable(),
  bytes: z.number(),
  dataset: z.string().nullable(),
}) satisfies z.ZodType<RunSummary>;
const entrySchema = z.object({ stamp: z.string(), summary: summarySchema });
type Entry = z.output<typeof entrySchema>;

/** What changes where anything of a run does that ended: its files come by renaming, which changes their folder. */
const stamped = [
  '.',
  'run.json',
  'recipe.json',
  'notes.json',
  'exports',
  'weights',
  'mistakes',
  'checkpoints',
];

export async function stampOf(folder: string): Promise<string> {
  const times = await Promise.all(
    stamped.map((part) =>
      stat(path.join(folder, part)).then(
        ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
        () => '',
      ),
    ),
  );
  return times.join();
}

/** What a list showed of runs when it was made last: of hundreds of runs only those are looked through that have changed since. */
export class SummaryCache {
  readonly #file: string;
  /** Each is checked when it is asked for: a thousand at one go would hold the thread. */
  readonly #known: Map<string, unknown>;
  readonly #next = new Map<string, Entry>();
  #hasChanged = false;

  private constructor(file: string, known: object) {
    this.#file = file;
    this.#known = new Map(Object.entries(known));
  }

  /** Of the runs below `out`; empty where nothing was kept. Never throws. */
  static async open(out: string): Promise<SummaryCache> {
    const file = path.join(out, CACHE);
    const kept = await readJson(file).catch(() => null);
    return new SummaryCache(file, typeof kept === 'object' && kept !== null ? kept : {});
  }

  /** The run's summary, as it was kept or by `look`; kept where `look` asks for it. */
  async get(
    folder: string,
    look: () => Promise<{ summary: RunSummary; lasts: boolean }>,
  ): Promise<RunSummary> {
    const name = path.basename(folder);
    const stamp = await stampOf(folder);
    const known = entrySchema.safeParse(this.#known.get(name)).data;
    if (known?.stamp === stamp) {
      this.#next.set(name, known);
      return { ...known.summary, folder };
    }
    this.#hasChanged = true;
    const { summary, lasts } = await look();
    if (lasts) this.#next.set(name, { stamp, summary });
    return summary;
  }

  /** Keeps what was asked for. Never throws: a list can be made again. */
  async save(): Promise<void> {
    const isSame = !this.#hasChanged && this.#next.size === this.#known.size;
    if (isSame || this.#next.size < LEAST_RUNS) return;
    const text = JSON.stringify(Object.fromEntries(this.#next));
    await writeFileAtomic(this.#file, text).catch(() => undefined);
  }
}
