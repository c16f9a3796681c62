import { open } from 'node:fs/promises';
import { type Role, roles } from '../../contract/run.ts';
import { fileError, writeFileAtomic } from '../../platform/files.ts';
import {
  endOfLines,
  linesOf,
  pieces,
  piecesBackward,
  type ByteSource,
  type Line,
  type Piece,
} from './journal.ts';
import { toChange, toRead } from './own-files.ts';

/** Where a checkpoint stands: whole epochs done, and steps done in the epoch after them. */
export interface Position {
  epoch: number;
  step: number;
}

/** As JSON.stringify writes it: found without parsing, in a million lines. */
const markOf = (role: Role): string => `"role":"${role}"`;
const isStep = (line: string): boolean => line.includes('"type":"step"');
const figure = (line: string, name: string): number =>
  Number(new RegExp(`"${name}":(\\d+)`).exec(line)?.[1] ?? NaN);

/** Whether a line of the role was written after the position. What is no line of curves stays. */
function isAfter(line: string, { epoch, step }: Position): boolean {
  if (!isStep(line)) return line.includes('"type":"epoch"') && figure(line, 'epoch') > epoch;
  const at = figure(line, 'epoch');
  return at > epoch + 1 || (at === epoch + 1 && figure(line, 'step') > step);
}

/** What `cutOf` found: where the lines to be dropped begin, and whether others stand among them. */
interface Cut {
  from: number;
  isMixed: boolean;
}

/**
 * A role's lines rise, so those to be dropped are its last ones: looked for from the end until there is one to be kept. null: none is
 * to be dropped.
 */
export async function cutOf(
  source: ByteSource,
  end: number,
  role: Role,
  position: Position,
): Promise<Cut | null> {
  const mark = markOf(role);
  const others = roles.filter((one) => one !== role).map(markOf);
  const text = ({ bytes }: Piece, { from, to }: Line) => bytes.toString('latin1', from, to);
  let cut: Cut | null = null;
  /** Whether a line that stays was seen. */
  let hasOthers = false;
  for await (const piece of piecesBackward(source, end)) {
    const { bytes, start } = piece;
    if (!bytes.includes(mark)) {
      hasOthers = true;
      continue;
    }
    const [first] = linesOf(piece);
    const head = text(piece, first!);
    // All of it goes: its first line does, and nothing else is in it.
    if (head.includes(mark) && isAfter(head, position) && !others.some((other) => bytes.includes(other))) {
      cut = { from: start, isMixed: hasOthers };
      continue;
    }
    for (const line of [...linesOf(piece)].reverse()) {
      const row = text(piece, line);
      if (!row.includes(mark)) hasOthers = true;
      else if (isAfter(row, position)) cut = { from: start + line.from, isMixed: hasOthers };
      else return cut;
    }
  }
  return cut;
}

/** All lines but those to be dropped, which begin at `cut`. The file is closed when they have been read. */
async function* without(
  file: string,
  end: number,
  cut: number,
  role: Role,
  position: Position,
): AsyncGenerator<Uint8Array> {
  const handle = await open(file, toRead);
  const mark = markOf(role);
  try {
    for await (const { bytes } of pieces(handle, 0, cut)) yield bytes;
    for await (const piece of pieces(handle, cut, end))
      for (const { from, to } of linesOf(piece)) {
        const row = piece.bytes.toString('latin1', from, to);
        if (!row.includes(mark) || !isAfter(row, position)) yield piece.bytes.subarray(from, to + 1);
      }
  } finally {
    await handle.close();
  }
}

/**
 * Drops what `role` wrote after the position that training goes on from, so that the curves have no point twice. As a rule that is the
 * file's end, which is cut off; where others wrote later, the file is rewritten. A damaged line stays: only its point is lost.
 * Throws NOT_WRITABLE, DISK_FULL.
 */
export async function rewindMetrics(file: string, role: Role, position: Position): Promise<void> {
  const found = endOfLines(file);
  if (!found) return;
  try {
    const cut = await cutAway(file, found.end, role, position);
    if (cut) await writeFileAtomic(file, without(file, found.end, cut.from, role, position));
  } catch (thrown) {
    throw fileError(thrown, file);
  }
}

/** Cuts the file's end off where nothing else stands there; else returns what to leave out. */
async function cutAway(file: string, end: number, role: Role, position: Position): Promise<Cut | null> {
  const handle = await open(file, toChange);
  try {
    const cut = await cutOf(handle, end, role, position);
    if (!cut || cut.isMixed) return cut;
    await handle.truncate(cut.from);
    await handle.sync();
    return null;
  } finally {
    await handle.close();
  }
}
