import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DistillError } from '../../contract/errors.ts';
import type { RunEvent } from '../../contract/events.ts';
import type { Role } from '../../contract/result.ts';
import { fileError, isSystemError, writeFileAtomic } from '../files.ts';

export type MetricsEvent = Extract<RunEvent, { type: 'step' | 'epoch' }>;
/** A line of metrics.jsonl: the event and when it was written (ISO 8601). */
export type MetricsLine = MetricsEvent & { time: string };

/** Where a checkpoint stands: whole epochs done, and steps done in the epoch after them. */
export interface Position {
  epoch: number;
  step: number;
}

const STEP_INTERVAL_MS = 500;
const BUFFER_MS = 1000;

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

/** Everything up to the last line end: what follows was torn by a crash or a full disk. */
export const wholeLines = (text: string) => text.slice(0, text.lastIndexOf('\n') + 1);

/** Appends to metrics.jsonl: every epoch, and at most two steps a second for each role. */
export class MetricsLog {
  readonly #file: string;
  readonly #now: () => number;
  readonly #lastStep = new Map<Role, number>();
  #buffer = '';
  #bufferedSince = 0;
  #timer: NodeJS.Timeout | null = null;
  #failure: DistillError | null = null;

  constructor(file: string, now: () => number = Date.now) {
    this.#file = file;
    this.#now = now;
    try {
      if (existsSync(file)) {
        const bytes = readFileSync(file);
        const end = bytes.lastIndexOf(0x0a) + 1;
        if (end < bytes.length) truncateSync(file, end);
      }
    } catch (thrown) {
      throw fileError(thrown, file);
    }
  }

  /** Whether the event is kept; other events than steps and epochs never are. Throws DistillError DISK_FULL or NOT_WRITABLE, also for lines buffered before. */
  append(event: RunEvent): boolean {
    if (this.#failure) throw this.#failure;
    if (event.type !== 'step' && event.type !== 'epoch') return false;
    const now = this.#now();
    if (event.type === 'step') {
      const last = this.#lastStep.get(event.role);
      if (last !== undefined && now - last < STEP_INTERVAL_MS) return false;
      this.#lastStep.set(event.role, now);
    }
    if (this.#buffer === '') this.#bufferedSince = now;
    this.#buffer += `${JSON.stringify({ time: new Date(now).toISOString(), ...event })}\n`;
    // Synchronous: a few hundred bytes a second, and an error meets the caller instead of nobody. A checkpoint follows each epoch,
    // and training that goes on from it does not tell again what led there.
    if (event.type === 'epoch' || now - this.#bufferedSince >= BUFFER_MS) this.flush();
    else this.#timer ??= setTimeout(() => this.#flushLater(), BUFFER_MS);
    return true;
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#failure) throw this.#failure;
    if (this.#buffer === '') return;
    try {
      appendFileSync(this.#file, this.#buffer);
      this.#buffer = '';
    } catch (thrown) {
      this.#failure = fileError(thrown, this.#file);
      throw this.#failure;
    }
  }

  #flushLater(): void {
    try {
      this.flush();
    } catch {
      // Kept in #failure: the next append, flush or close throws it.
    }
  }
}

/** Throws where the line is damaged. */
export const parseMetricsLine = (line: string): MetricsLine => lineSchema.parse(JSON.parse(line));

/** All whole lines, in order; a torn last line is left out. Throws DistillError RUN_CORRUPT naming the first bad line. */
export async function readMetrics(file: string): Promise<MetricsLine[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return [];
    throw fileError(thrown, file);
  }
  const lines = wholeLines(text).split('\n').slice(0, -1);
  return lines.map((line, index) => {
    try {
      return parseMetricsLine(line);
    } catch (cause) {
      const hint = 'Delete this line from the file; only its point in the curves is lost.';
      throw new DistillError('RUN_CORRUPT', `Line ${index + 1} of "${file}" is damaged.`, hint, { cause });
    }
  });
}

/** Drops what `role` wrote after the position that training goes on from, so that the curves have no point twice. */
export async function rewindMetrics(file: string, role: Role, position: Position): Promise<void> {
  const lines = await readMetrics(file);
  const kept = lines.filter((line) => {
    if (line.role !== role || line.epoch <= position.epoch) return true;
    return line.type === 'step' && line.epoch === position.epoch + 1 && line.step <= position.step;
  });
  if (kept.length === lines.length) return;
  await writeFileAtomic(file, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
