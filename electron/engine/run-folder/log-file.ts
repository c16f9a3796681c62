import { open } from 'node:fs/promises';
import type { LogLine } from '../../contract/run-details.ts';
import { fileError, isSystemError } from '../../platform/files.ts';
import { appendSync, toRead } from './own-files.ts';

/** Of the end of a log; 500 lines are some 50 KB, with the stacks of errors a few more. */
const TAIL_BYTES = 512 * 1024;
const line = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (info|warn|error) +(.*)$/;
/** Before the second and further lines of a message. */
const INDENT = '    ';

/** Appends a message with its time and level. Throws what the file system throws. */
export function appendLog(file: string, level: LogLine['level'], message: string): void {
  const text = message.replaceAll('\n', `\n${INDENT}`);
  appendSync(file, `${new Date().toISOString()} ${level.padEnd(5)} ${text}\n`);
}

/** The last `most` bytes of a text. Throws what the file system throws. */
export async function readTail(file: string, most: number): Promise<string> {
  const handle = await open(file, toRead);
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - most);
    const bytes = Buffer.alloc(size - from);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
    return bytes.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * The last messages of a log, oldest first, at most `count`. What is no message (a torn line, another program's) is left
 * out; no file, no messages. Throws NOT_WRITABLE where the file may not be read.
 */
export async function readLog(file: string, count: number): Promise<LogLine[]> {
  let text: string;
  try {
    text = await readTail(file, TAIL_BYTES);
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return [];
    throw fileError(thrown, file);
  }
  const lines: LogLine[] = [];
  for (const row of text.split('\n')) {
    const match = line.exec(row);
    if (match) lines.push({ time: match[1]!, level: match[2] as LogLine['level'], message: match[3]! });
    else if (row.startsWith(INDENT) && lines.length > 0) {
      lines.at(-1)!.message += `\n${row.slice(INDENT.length)}`;
    }
  }
  return lines.slice(-count);
}
