import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  endOfLines,
  linesOf,
  pieces,
  piecesBackward,
  type ByteSource,
  type Piece,
} from '../../../electron/engine/run-folder/journal.ts';
import { temporaryFolder } from './support.ts';

/** Bytes as a file gives them, at most `most` at a time; counts them. */
function source(text: string, most = Infinity): ByteSource & { read: ByteSource['read']; bytes: number } {
  const all = Buffer.from(text);
  return {
    bytes: 0,
    read(buffer, offset, length, position) {
      const bytesRead = all.copy(buffer, offset, position, position + Math.min(length, most));
      this.bytes += bytesRead;
      return Promise.resolve({ bytesRead });
    },
  };
}

const linesIn = (piece: Piece): string[] =>
  [...linesOf(piece)].map(({ from, to }) => piece.bytes.toString('utf8', from, to));

const text = ['ä', '', 'three', 'a line that is longer than any piece', 'x', ''].map((line) => `${line}\n`);
const whole = text.join('');
const lines = text.map((line) => line.slice(0, -1));

test.each([1, 2, 3, 7, 16, 1000])('lines come in order in pieces of %i bytes', async (pieceBytes) => {
  const found: string[] = [];
  let next = 0;
  const size = Buffer.byteLength(whole) + 4;
  for await (const piece of pieces(source(`${whole}torn`, 5), 0, size, pieceBytes)) {
    expect(piece.start).toBe(next);
    next += piece.bytes.length;
    for (const line of linesIn(piece)) found.push(line);
  }
  expect(found).toEqual(lines);
});

test.each([1, 2, 3, 7, 16, 1000])('and from the end, in pieces of %i bytes', async (pieceBytes) => {
  const found: string[] = [];
  for await (const piece of piecesBackward(source(whole, 5), Buffer.byteLength(whole), pieceBytes))
    found.unshift(...linesIn(piece));
  expect(found).toEqual(lines);
});

test('from the end no more is read than is wanted', async () => {
  const long = source('0123456789\n'.repeat(100_000));
  for await (const piece of piecesBackward(long, 1_100_000, 4096)) {
    expect(linesIn(piece).at(-1)).toBe('0123456789');
    break;
  }
  expect(long.bytes).toBe(4096);
});

test('whole lines end before what was torn, however long that is', () => {
  const file = path.join(temporaryFolder(), 'lines');
  expect(endOfLines(file)).toBeNull();
  writeFileSync(file, '');
  expect(endOfLines(file)).toEqual({ end: 0, size: 0 });
  writeFileSync(file, 'one\ntwo\n');
  expect(endOfLines(file)).toEqual({ end: 8, size: 8 });
  appendFileSync(file, '\0'.repeat(200_000));
  expect(endOfLines(file)).toEqual({ end: 8, size: 200_008 });
  writeFileSync(file, 'x'.repeat(70_000));
  expect(endOfLines(file)).toEqual({ end: 0, size: 70_000 });
});
