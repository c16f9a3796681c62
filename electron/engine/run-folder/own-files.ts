import { appendFileSync, closeSync, constants, ftruncateSync, openSync } from 'node:fs';

/**
 * Ways to open a file in a run's folder: the file itself, never what a link leads to that was put in its place after `refuseLinks` had
 * looked. The system then reports ELOOP. Windows has no such flag.
 */
const noFollow = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;
export const toRead = constants.O_RDONLY | noFollow;
export const toChange = constants.O_RDWR | noFollow;
const toAppend = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | noFollow;

/** Appends to a file, or begins it. Throws what the file system throws. */
export function appendSync(file: string, text: string): void {
  withFile(file, toAppend, (fd) => appendFileSync(fd, text));
}

/** Cuts a file off after its first `length` bytes. Throws what the file system throws. */
export function truncateSync(file: string, length: number): void {
  withFile(file, toChange, (fd) => ftruncateSync(fd, length));
}

function withFile(file: string, flags: number, work: (fd: number) => void): void {
  const fd = openSync(file, flags, 0o666);
  try {
    work(fd);
  } finally {
    closeSync(fd);
  }
}
