import type { MetricsLine } from '../../contract/metrics.ts';
import { type Role, roles } from '../../contract/run.ts';
import { breath } from '../../platform/breath.ts';
import { linesOf, pieces, type ByteSource, type Line } from './journal.ts';
import { parseMetricsLine } from './metrics.ts';

export type StepLine = Extract<MetricsLine, { type: 'step' }>;
export type EpochLine = Extract<MetricsLine, { type: 'epoch' }>;

/** Every so many steps of a role their place is noted: to read one of them as many lines are read. */
const STRIDE = 16;
/** The bytes before the end that must still be the same where a file has only grown. */
const SEAL_BYTES = 256;
/** Where a line has its type and role at the latest. */
const HEAD_BYTES = 100;

interface Steps {
  count: number;
  /** Where the steps 0, STRIDE, 2 STRIDE ... begin. */
  marks: number[];
  /** Where the last one ends. */
  end: number;
}

/** As JSON.stringify writes them, at the beginning of a line; one that someone wrote another way is left out. */
const headPattern = new RegExp(`"type":"(step|epoch)"(?:.*?"role":"(${roles.join('|')})")?`);

function headOf(bytes: Buffer, { from, to }: Line): { type: string; role: Role | undefined } | null {
  const found = headPattern.exec(bytes.toString('latin1', from, Math.min(to, from + HEAD_BYTES)));
  return found && { type: found[1]!, role: found[2] as Role | undefined };
}

function parsed<T extends MetricsLine['type']>(
  type: T,
  text: string,
): Extract<MetricsLine, { type: T }> | null {
  try {
    const value = parseMetricsLine(text);
    return value.type === type ? (value as Extract<MetricsLine, { type: T }>) : null;
  } catch {
    return null;
  }
}

/**
 * Where in a metrics.jsonl the steps of each role lie, and the epochs themselves. Of a million steps only those that are shown are ever
 * parsed, and only what is new is read again.
 */
export class LineIndex {
  readonly ino: number;
  readonly epochs: EpochLine[] = [];
  readonly #steps: Record<Role, Steps> = {
    teacher: { count: 0, marks: [], end: 0 },
    student: { count: 0, marks: [], end: 0 },
    baseline: { count: 0, marks: [], end: 0 },
  };
  /** How far the file was read. */
  #end = 0;
  #seal = Buffer.alloc(0);

  constructor(ino: number) {
    this.ino = ino;
  }

  /** Steps of all roles. */
  get points(): number {
    return roles.reduce((sum, role) => sum + this.#steps[role].count, 0);
  }
  count(role: Role): number {
    return this.#steps[role].count;
  }

  /** Whether the file has only grown since. */
  async isStillTrue(source: ByteSource, size: number): Promise<boolean> {
    if (size < this.#end) return false;
    const bytes = Buffer.alloc(this.#seal.length);
    await source.read(bytes, 0, bytes.length, this.#end - bytes.length);
    return bytes.equals(this.#seal);
  }

  /** Reads what is new. Where it throws, the index is of no more use. */
  async extend(source: ByteSource, size: number): Promise<void> {
    for await (const piece of pieces(source, this.#end, size)) {
      const { start, bytes } = piece;
      for (const line of linesOf(piece)) {
        this.#add(bytes, line, start);
        if (breath.isDue) await breath.take();
      }
      this.#end = start + bytes.length;
      this.#seal = Buffer.from(bytes.subarray(-SEAL_BYTES));
    }
  }

  #add(bytes: Buffer, line: Line, start: number): void {
    const head = headOf(bytes, line);
    if (head?.type === 'epoch') {
      const epoch = parsed('epoch', bytes.toString('utf8', line.from, line.to));
      if (epoch) this.epochs.push(epoch);
    } else if (head?.role) {
      const steps = this.#steps[head.role];
      if (steps.count % STRIDE === 0) steps.marks.push(start + line.from);
      steps.count++;
      steps.end = start + line.to + 1;
    }
  }

  /** Hands the steps of these numbers, which ascend, to `take`; a damaged one is left out. */
  async steps(
    source: ByteSource,
    role: Role,
    wanted: readonly number[],
    take: (step: StepLine) => void,
  ): Promise<void> {
    const { marks, end } = this.#steps[role];
    for (let next = 0; next < wanted.length;) {
      const first = Math.floor(wanted[next]! / STRIDE);
      let last = first;
      let after = next + 1;
      // Neighbours are read at one go.
      for (; after < wanted.length; after++) {
        const place = Math.floor(wanted[after]! / STRIDE);
        if (place > last + 1) break;
        last = place;
      }
      let at = next;
      let number = first * STRIDE;
      for await (const piece of pieces(source, marks[first]!, marks[last + 1] ?? end))
        for (const line of linesOf(piece)) {
          const head = headOf(piece.bytes, line);
          if (breath.isDue) await breath.take();
          if (head?.type !== 'step' || head.role !== role || number++ !== wanted[at]) continue;
          at++;
          const step = parsed('step', piece.bytes.toString('utf8', line.from, line.to));
          if (step) take(step);
        }
      next = after;
    }
  }
}
