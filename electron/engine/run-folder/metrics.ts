import { z } from 'zod';
import { DistillError } from '../../contract/errors.ts';
import type { RunEvent } from '../../contract/events.ts';
import type { Role } from '../../contract/run.ts';
import { fileError } from '../../platform/files.ts';
import { endOfLines, filePieces, linesOf } from './journal.ts';
import { appendSync, truncateSync } from './own-files.ts';

export type MetricsEvent = Extract<RunEvent, { type: 'step' | 'epoch' }>;
/** A line of metrics.jsonl: the event and when it was written (ISO 8601). */
export type MetricsLine = MetricsEvent & { time: string };

const STEP_INTERVAL_MS = 500;

// JSON has no NaN: a diverged loss is written as null and read back as NaN.
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const role = z.enum(['teacher', 'student', 'baseline']);
const epochScores = z.object({
  loss: figure,
  labelLoss: figure,
  distillationLoss: z.number().nullable(),
  accuracy: figure,
  top5: figure,
  f1Weighted: figure,
  f1Macro: figure,
});
const lineSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('step'),
    time: z.string(),
    role,
    epoch: z.number(),
    epochs: z.number(),
    stage: z.number(),
    step: z.number(),
    steps: z.number(),
    loss: figure,
    labelLoss: figure,
    distillationLoss: z.number().nullable(),
    learningRate: figure,
    momentum: figure,
    imagesPerSecond: figure,
    waitShare: figure,
    etaEpochSeconds: z.number().nullable(),
    etaRunSeconds: z.number().nullable(),
  }),
  z.object({
    type: z.literal('epoch'),
    time: z.string(),
    role,
    epoch: z.number(),
    epochs: z.number(),
    stage: z.number(),
    train: epochScores,
    validation: epochScores.nullable(),
    best: z.boolean(),
    imagesPerSecond: figure,
    waitShare: figure,
    memoryBytes: figure,
    seconds: figure,
    etaRunSeconds: z.number().nullable(),
  }),
]) satisfies z.ZodType<MetricsLine>;

/** Appends to metrics.jsonl, at once, so that other processes read what there is: every epoch, and at most two steps a second for each role. */
export class MetricsLog {
  readonly #file: string;
  readonly #now: () => number;
  readonly #lastStep = new Map<Role, number>();

  constructor(file: string, now: () => number = Date.now) {
    this.#file = file;
    this.#now = now;
    try {
      const found = endOfLines(file);
      if (found && found.end < found.size) truncateSync(file, found.end);
    } catch (thrown) {
      throw fileError(thrown, file);
    }
  }

  /** Whether the event is kept; other events than steps and epochs never are. Throws DistillError DISK_FULL or NOT_WRITABLE. */
  append(event: RunEvent): boolean {
    if (event.type !== 'step' && event.type !== 'epoch') return false;
    const now = this.#now();
    if (event.type === 'step') {
      const last = this.#lastStep.get(event.role);
      if (last !== undefined && now - last < STEP_INTERVAL_MS) return false;
      this.#lastStep.set(event.role, now);
    }
    try {
      // Synchronous: a few hundred bytes a second, and an error meets the caller instead of nobody.
      appendSync(this.#file, `${JSON.stringify({ time: new Date(now).toISOString(), ...event })}\n`);
    } catch (thrown) {
      throw fileError(thrown, this.#file);
    }
    return true;
  }
}

/** Throws where the line is damaged. */
export const parseMetricsLine = (line: string): MetricsLine => lineSchema.parse(JSON.parse(line));

/**
 * All whole lines, in order, as they are read; a torn last line is left out. No file, no lines. Throws DistillError RUN_CORRUPT naming
 * the first bad line, NOT_WRITABLE.
 */
export async function* metricsLines(file: string): AsyncGenerator<MetricsLine> {
  let number = 0;
  for await (const piece of filePieces(file))
    for (const { from, to } of linesOf(piece)) {
      number++;
      let line: MetricsLine;
      try {
        line = parseMetricsLine(piece.bytes.toString('utf8', from, to));
      } catch (cause) {
        const hint = 'Delete this line from the file; only its point in the curves is lost.';
        throw new DistillError('RUN_CORRUPT', `Line ${number} of "${file}" is damaged.`, hint, { cause });
      }
      yield line;
    }
}

/** The same in one list, of a run that is not too long for that. */
export async function readMetrics(file: string): Promise<MetricsLine[]> {
  const lines: MetricsLine[] = [];
  for await (const line of metricsLines(file)) lines.push(line);
  return lines;
}
