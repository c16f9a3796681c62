import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { fileError, isSystemError } from '../../platform/files.ts';
import { toRead } from './own-files.ts';

/**
 * Files of lines that grow with a run: metrics.jsonl has two lines a second. V8 holds no text of more than 512 MiB, so none of them is
 * read whole: they are read in pieces of whole lines, from either end.
 */

/** What of a file handle is used. */
export interface ByteSource {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
}

/** Some whole lines, the last line end among them. */
export interface Piece {
  /** Where it begins in the file. */
  start: number;
  bytes: Buffer;
}

export const PIECE_BYTES = 2 ** 20;
const LINE_END = 0x0a;

/** Gives less than `length` bytes only where the file ends. */
async function readAt(source: ByteSource, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await source.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** The lines of [from, to), both places of line ends, in order. What follows the last line end is left out. */
export async function* pieces(
  source: ByteSource,
  from: number,
  to: number,
  pieceBytes = PIECE_BYTES,
): AsyncGenerator<Piece> {
  let length = pieceBytes;
  for (let start = from; start < to;) {
    const bytes = await readAt(source, start, Math.min(length, to - start));
    const end = bytes.lastIndexOf(LINE_END) + 1;
    if (end > 0) {
      yield { start, bytes: bytes.subarray(0, end) };
      start += end;
      length = pieceBytes;
    } else if (bytes.length < length) return;
    // A line that is longer than a piece.
    else length *= 2;
  }
}

/** The lines before `to`, the place of a line end, the last ones first. */
export async function* piecesBackward(
  source: ByteSource,
  to: number,
  pieceBytes = PIECE_BYTES,
): AsyncGenerator<Piece> {
  let length = pieceBytes;
  for (let end = to; end > 0;) {
    const from = Math.max(0, end - length);
    const bytes = await readAt(source, from, end - from);
    // What stands before the first line end is the end of an earlier line.
    const first = from === 0 ? 0 : bytes.indexOf(LINE_END) + 1;
    if (first < bytes.length) {
      yield { start: from + first, bytes: bytes.subarray(first) };
      end = from + first;
      length = pieceBytes;
    } else if (from === 0) return;
    else length *= 2;
  }
}

/** A line's place in its piece, without the line end. */
export interface Line {
  from: number;
  to: number;
}

export function* linesOf({ bytes }: Piece): Generator<Line> {
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(LINE_END, from);
    const to = end < 0 ? bytes.length : end;
    yield { from, to };
    from = to + 1;
  }
}

/** A line's value; null where it is no JSON. */
export function parseJsonLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Opens a file to read it. null where there is none. Throws NOT_WRITABLE. */
export async function openJournal(file: string): Promise<FileHandle | null> {
  return open(file, toRead).catch((thrown: unknown) => {
    if (isSystemError(thrown, 'ENOENT')) return null;
    throw fileError(thrown, file);
  });
}

/** All whole lines of a file that has them now. No file, no lines. Throws NOT_WRITABLE. */
export async function* filePieces(file: string): AsyncGenerator<Piece> {
  const handle = await openJournal(file);
  if (!handle) return;
  try {
    const { size } = await handle.stat();
    yield* pieces(handle, 0, size);
  } catch (thrown) {
    throw fileError(thrown, file);
  } finally {
    await handle.close();
  }
}

const TAIL_BYTES = 64 * 1024;

/**
 * Where the whole lines of a file end: what follows was torn by a crash or a full disk. null where there is no file. Synchronous, for
 * whoever appends. Throws NOT_WRITABLE.
 */
export function endOfLines(file: string): { end: number; size: number } | null {
  let fd: number | null = null;
  try {
    fd = openSync(file, toRead);
    const { size } = fstatSync(fd);
    for (let end = size; end > 0; end -= Math.min(end, TAIL_BYTES)) {
      const bytes = Buffer.alloc(Math.min(end, TAIL_BYTES));
      readSync(fd, bytes, 0, bytes.length, end - bytes.length);
      const last = bytes.lastIndexOf(LINE_END);
      if (last >= 0) return { end: end - bytes.length + last + 1, size };
    }
    return { end: 0, size };
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return null;
    throw fileError(thrown, file);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
