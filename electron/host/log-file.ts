import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '../rpc/protocol.ts';
import { traceText } from '../rpc/trace.ts';

/**
 * A host's log: lines with their time, appended to `file`. From `maxBytes` on the file is put aside as `<file>.1`, an older one of
 * which is dropped. Never throws: the log must not hide what it reports.
 */
export function fileLog(file: string, maxBytes = 2_000_000): Log {
  return (message, thrown) => {
    const text = traceText(message, thrown).replaceAll('\n', '\n    ');
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      if (bytes >= maxBytes) renameSync(file, `${file}.1`);
      appendFileSync(file, `${new Date().toISOString()} ${text}\n`);
    } catch {
      // A full disk, a folder that may not be written.
    }
  };
}
