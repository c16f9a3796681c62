import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { errorCodes } from '../../contract/error-codes.ts';
import { runStates } from '../../contract/run.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import { breath } from '../../platform/breath.ts';
import { writeFileAtomic } from '../../platform/files.ts';
import { filePieces, linesOf, parseJsonLine } from './journal.ts';
import { outcomeSchema, rangeSchema } from './record.ts';

/** Beside the runs that it is of. */
const CACHE = '.summaries.jsonl';
/** An earlier version's, one text. */
const FORMER = '.summaries.json';
/** Runs whose lines are written together. */
const CHUNK = 100;
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
/** A line of the file. `name`: the run's folder, without its path. */
const entrySchema = z.object({ name: z.string(), stamp: z.string(), summary: summarySchema });
type Entry = z.output<typeof entrySchema>;

/** How a line begins, which need not be parsed to find out whose it is. */
const nameInLine = /^\{"name":("(?:[^"\\]|\\.)*")/;
const lineOf = (entry: Entry): string => JSON.stringify(entry);

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

/**
 * What a list showed of runs when it was made last: of hundreds of runs only those are looked through that have changed since. A line a
 * run, since ten thousand in one text would hold the thread.
 */
export class SummaryCache {
  readonly #out: string;
  /** Lines by the run's name: each is parsed when it is asked for. */
  readonly #known: ReadonlyMap<string, string>;
  readonly #next = new Map<string, string>();
  #hasChanged = false;

  private constructor(out: string, known: ReadonlyMap<string, string>) {
    this.#out = out;
    this.#known = known;
  }

  /** Of the runs below `out`; empty where nothing was kept. Never throws. */
  static async open(out: string): Promise<SummaryCache> {
    const known = await readLines(path.join(out, CACHE)).catch(() => new Map<string, string>());
    return new SummaryCache(out, known);
  }

  /** The run's summary, as it was kept or by `look`; kept where `look` asks for it. */
  async get(
    folder: string,
    look: () => Promise<{ summary: RunSummary; lasts: boolean }>,
  ): Promise<RunSummary> {
    const name = path.basename(folder);
    const stamp = await stampOf(folder);
    const line = this.#known.get(name) ?? '';
    const known = entrySchema.safeParse(parseJsonLine(line)).data;
    if (known?.stamp === stamp) {
      this.#next.set(name, line);
      return { ...known.summary, folder };
    }
    this.#hasChanged = true;
    const { summary, lasts } = await look();
    if (lasts) this.#next.set(name, lineOf({ name, stamp, summary }));
    return summary;
  }

  /** Keeps what was asked for. Never throws: a list can be made again. */
  async save(): Promise<void> {
    const isSame = !this.#hasChanged && this.#next.size === this.#known.size;
    if (isSame || this.#next.size < LEAST_RUNS) return;
    const file = path.join(this.#out, CACHE);
    await writeFileAtomic(file, bytesOf([...this.#next.values()])).catch(() => undefined);
    await rm(path.join(this.#out, FORMER), { force: true }).catch(() => undefined);
  }
}

/** What has no name is left out. Throws what a file that cannot be read does. */
async function readLines(file: string): Promise<Map<string, string>> {
  const lines = new Map<string, string>();
  for await (const piece of filePieces(file))
    for (const { from, to } of linesOf(piece)) {
      if (breath.isDue) await breath.take();
      const line = piece.bytes.toString('utf8', from, to);
      const name = nameInLine.exec(line)?.[1];
      if (name !== undefined) lines.set(String(parseJsonLine(name)), line);
    }
  return lines;
}

async function* bytesOf(lines: readonly string[]): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < lines.length; from += CHUNK) {
    yield Buffer.from(
      lines
        .slice(from, from + CHUNK)
        .map((line) => `${line}\n`)
        .join(''),
    );
    if (breath.isDue) await breath.take();
  }
}
