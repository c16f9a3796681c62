import { type RunMetrics, StepTableBuilder } from '../../contract/metrics.ts';
import { type Role, roles } from '../../contract/run.ts';
import { fileError } from '../../platform/files.ts';
import { openJournal } from './journal.ts';
import { LineIndex, type EpochLine, type StepLine } from './line-index.ts';

/** Indices of `count` of `n` things, evenly spread, the first and the last among them; all where there are no more. */
export function evenly(n: number, count: number): number[] {
  if (n <= count) return Array.from({ length: n }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => Math.round((i * (n - 1)) / (count - 1)));
}

/** What of a run's lines is shown. */
export interface ThinnedLines {
  steps: { role: Role; lines: StepLine[] }[];
  epochs: readonly EpochLine[];
  /** All steps that there are. */
  points: number;
}

/** The files that were looked at last: of one that has grown only what is new is read, in a run of days a second's work. */
const known = new Map<string, LineIndex>();
const MOST_KNOWN = 8;

/** Takes turns: two who ask at the same time would both read the same new lines. */
let turn: Promise<unknown> = Promise.resolve();

interface Thinned {
  roles: Role[];
  epochs: EpochLine[];
  points: number;
}

/** Hands every step that is shown to `add`; gives the roles that have any. */
function inTurn(
  file: string,
  maxPoints: number,
  add: (role: Role, step: StepLine) => void,
): Promise<Thinned> {
  const mine = turn.then(() => look(file, maxPoints, add));
  turn = mine.catch(() => undefined);
  return mine;
}

async function look(
  file: string,
  maxPoints: number,
  add: (role: Role, step: StepLine) => void,
): Promise<Thinned> {
  const handle = await openJournal(file);
  if (!handle) return { roles: [], epochs: [], points: 0 };
  try {
    const { size, ino } = await handle.stat();
    let index = known.get(file);
    if (!index || index.ino !== ino || !(await index.isStillTrue(handle, size))) index = new LineIndex(ino);
    known.delete(file);
    known.set(file, index);
    for (const oldest of [...known.keys()].slice(0, -MOST_KNOWN)) known.delete(oldest);
    await index.extend(handle, size);
    const trained = roles.filter((role) => index.count(role) > 0);
    for (const role of trained) {
      const wanted = evenly(index.count(role), maxPoints);
      await index.steps(handle, role, wanted, (step) => add(role, step));
    }
    return { roles: trained, epochs: [...index.epochs], points: index.points };
  } catch (thrown) {
    known.delete(file);
    throw fileError(thrown, file);
  } finally {
    await handle.close();
  }
}

/**
 * Of a run's metrics.jsonl all epochs and at most `maxPoints` steps a role; roles without a step are left out, as is a torn last line, for
 * the file may be written meanwhile. A damaged line costs its point only. No file: no points. Throws NOT_WRITABLE.
 */
export async function thinnedLines(file: string, maxPoints: number): Promise<ThinnedLines> {
  const lines: Record<Role, StepLine[]> = { teacher: [], student: [], baseline: [] };
  const thinned = await inTurn(file, maxPoints, (role, step) => void lines[role].push(step));
  const { epochs, points } = thinned;
  return { steps: thinned.roles.map((role) => ({ role, lines: lines[role] })), epochs, points };
}

/** The same as the window's curves want it: a column a figure. */
export async function readThinned(file: string, maxPoints: number): Promise<RunMetrics> {
  // No step is kept: collecting the garbage of half a million would hold the thread.
  const tables: Record<Role, StepTableBuilder> = {
    teacher: new StepTableBuilder(),
    student: new StepTableBuilder(),
    baseline: new StepTableBuilder(),
  };
  const thinned = await inTurn(file, maxPoints, (role, step) => tables[role].add(step));
  const { epochs, points } = thinned;
  return { steps: thinned.roles.map((role) => ({ role, ...tables[role].table() })), epochs, points };
}
