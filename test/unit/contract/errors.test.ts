import { describe, expect, it } from 'vitest';
import { DistillError, toErrorValue } from '../../../electron/contract/errors.ts';
import { largest, smallest } from '../../../electron/contract/extremes.ts';
import { safeMessage, withoutControls } from '../../../electron/contract/shown-text.ts';
import { fileError } from '../../../electron/platform/files.ts';

const systemError = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: what the system says, open`), { code, ...(path && { path }) });

/** What each of the system's errors is about, by POSIX' own descriptions of them. */
const meanings: [code: string, expected: string, says: RegExp][] = [
  ['EROFS', 'NOT_WRITABLE', /read-only/],
  ['ENAMETOOLONG', 'INVALID_INPUT', /too long/],
  ['EACCES', 'NOT_WRITABLE', /permission/],
  ['EPERM', 'NOT_WRITABLE', /permission/],
  ['ENOSPC', 'DISK_FULL', /full/],
  ['EDQUOT', 'DISK_FULL', /quota/],
  ['EFBIG', 'NOT_WRITABLE', /larger/],
  ['EMFILE', 'OUT_OF_MEMORY', /too many files/],
  ['ENFILE', 'OUT_OF_MEMORY', /too many files/],
  ['ENOENT', 'NOT_FOUND', /not exist/],
  ['ENOTDIR', 'NOT_FOUND', /not a folder/],
  ['EISDIR', 'INVALID_INPUT', /is a folder/],
  ['ELOOP', 'INVALID_INPUT', /loop/],
  ['EBUSY', 'NOT_WRITABLE', /in use/],
  ['ETXTBSY', 'NOT_WRITABLE', /in use/],
  ['EIO', 'NOT_WRITABLE', /disk reported/],
  ['ENXIO', 'INVALID_INPUT', /device/],
  ['ENODEV', 'INVALID_INPUT', /device/],
  ['EXDEV', 'NOT_WRITABLE', /another disk/],
  ['ESTALE', 'NOT_FOUND', /network drive/],
];

describe('system errors', () => {
  it.each(meanings)('%s is reported as itself, with the file and what to do', (code, expected, says) => {
    for (const value of [toErrorValue(systemError(code, '/a/b')), fileError(systemError(code), '/a/b')]) {
      expect(value.code).toBe(expected);
      expect(value.message).toMatch(says);
      expect(value.message).toContain('"/a/b"');
      expect(value.hint).not.toBe('');
    }
  });

  it('have no two messages alike', () => {
    const alike = new Set(['EPERM', 'ENFILE', 'ETXTBSY', 'ENODEV']);
    const own = meanings.filter(([code]) => !alike.has(code));
    expect(new Set(own.map(([code]) => fileError(systemError(code), 'x').message)).size).toBe(own.length);
  });

  it('that nobody knows, and names of Object.prototype, stay INTERNAL', () => {
    for (const code of ['EWHATEVER', 'constructor', '__proto__', 'toString'])
      expect(toErrorValue(systemError(code, '/a'))).toMatchObject({ code: 'INTERNAL', hint: '' });
  });
});

describe('messages', () => {
  it('escape what moves the cursor, colours, or turns text around', () => {
    const name = '\x1b]0;owned\x07\u202egnp.exe\x9b2J\r\n';
    const { message } = new DistillError('NOT_FOUND', `There is no "${name}".`, `Look at "${name}".`);
    expect(message).toBe('There is no "\\x1b]0;owned\\x07\\u202egnp.exe\\x9b2J\\x0d\\x0a".');
    expect(withoutControls('plain é 漢字 👍🏽')).toBe('plain é 漢字 👍🏽');
  });

  it('keep their own line breaks', () => {
    expect(safeMessage('wrong in 2 places:\n  a\n  b')).toBe('wrong in 2 places:\n  a\n  b');
  });

  it('shorten long values in quotes, never in the middle of a character', () => {
    const long = '👍'.repeat(50_000);
    const { message } = new DistillError('INVALID_INPUT', `"${long}" is no class.`);
    expect(message).toBe(`"${'👍'.repeat(40)}…${'👍'.repeat(40)}" is no class.`);
    const path = `/home/someone/${'folder/'.repeat(12)}image.png`;
    expect(new DistillError('NOT_FOUND', `"${path}" does not exist.`).message).toContain(path);
    expect(safeMessage('x'.repeat(1e6)).length).toBeLessThan(5000);
  });
});

it('extremes of a million numbers, of none, and with NaN', () => {
  const many = Float64Array.from({ length: 1e6 }, (_, i) => Math.sin(i));
  expect([largest(many), smallest(many)]).toEqual([many.toSorted().at(-1), many.toSorted()[0]]);
  expect([largest([]), smallest([], 3), largest([1, NaN, 2])]).toEqual([-Infinity, 3, NaN]);
});
