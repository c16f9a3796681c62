import { z } from 'zod';
import { DistillError } from '../../contract/errors.ts';
import type { RunEvent } from '../../contract/events.ts';
import {
  type EpochEvent,
  type MetricsLine,
  metricsLineSchema,
  type StepEvent,
} from '../../contract/metrics.ts';
import type { Role } from '../../contract/run.ts';
import { fileError } from '../../platform/files.ts';
import { endOfLines, filePieces, linesOf, openJournal, parseJsonLine, piecesBackward } from './journal.ts';
import { appendSync, truncateSync } from './own-files.ts';

export type MetricsEvent = StepEvent | EpochEvent;

const STEP_INTERVAL_MS = 500;
/** Where the last line is looked for first. */
const LAST_BYTES = 4096;
const timedSchema = z.object({ time: z.iso.datetime() });

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
export const parseMetricsLine = (line: string): MetricsLine => metricsLineSchema.parse(JSON.parse(line));

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

/** When the last whole line was written, ISO 8601; null where there is none, or it is damaged. Throws NOT_WRITABLE. */
export async function lastMetricsTime(file: string): Promise<string | null> {
  const found = endOfLines(file);
  const handle = found && (await openJournal(file));
  if (!handle) return null;
  try {
    for await (const piece of piecesBackward(handle, found.end, LAST_BYTES)) {
      const last = [...linesOf(piece)].at(-1)!;
      const value = parseJsonLine(piece.bytes.toString('utf8', last.from, last.to));
      return timedSchema.safeParse(value).data?.time ?? null;
    }
    return null;
  } finally {
    await handle.close();
  }
}

/** The same in one list, of a run that is not too long for that. */
export async function readMetrics(file: string): Promise<MetricsLine[]> {
  const lines: MetricsLine[] = [];
  for await (const line of metricsLines(file)) lines.push(line);
  return lines;
}
