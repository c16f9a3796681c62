import type { ErrorCode } from './error-codes.ts';

/** What the system's error means for a file or folder, in a sentence that names it, and what to do about it. */
export interface SystemFault {
  code: ErrorCode;
  sentence: (file: string) => string;
  hint: string;
  /** Whether the same call may succeed later without a change of input. */
  retryable?: boolean;
}

const elsewhere = 'Choose a location that you can read and write, or change its permissions.';
const noRight: SystemFault = {
  code: 'NOT_WRITABLE',
  sentence: (file) => `"${file}" cannot be read or written: permission denied.`,
  hint: elsewhere,
};
const inUse: SystemFault = {
  code: 'NOT_WRITABLE',
  sentence: (file) => `"${file}" is in use by another program.`,
  hint: 'Close the program that uses it, then try again.',
  retryable: true,
};
const noFile: SystemFault = {
  code: 'INVALID_INPUT',
  sentence: (file) => `"${file}" is a device, a pipe or a socket, not a file.`,
  hint: 'Choose a regular file.',
};
const tooManyOpen: SystemFault = {
  code: 'OUT_OF_MEMORY',
  sentence: (file) => `"${file}" could not be opened: too many files are open already.`,
  hint: 'Close other programs, or raise the limit of open files (ulimit -n).',
  retryable: true,
};
const gone: SystemFault = {
  code: 'NOT_FOUND',
  sentence: (file) => `"${file}" cannot be reached: its disk or network drive does not respond.`,
  hint: 'Connect the disk or the network drive again, then try again.',
  retryable: true,
};

/** By the code that Node gives. */
export const systemFaults: Readonly<Record<string, SystemFault>> = {
  ENOENT: {
    code: 'NOT_FOUND',
    sentence: (file) => `"${file}" does not exist.`,
    hint: 'Check the path for typing errors.',
  },
  ENOTDIR: {
    code: 'NOT_FOUND',
    sentence: (file) => `"${file}" cannot exist: part of the path is a file, not a folder.`,
    hint: 'Check the path for typing errors.',
  },
  EISDIR: {
    code: 'INVALID_INPUT',
    sentence: (file) => `"${file}" is a folder where a file is needed.`,
    hint: 'Choose a file, not a folder.',
  },
  EEXIST: {
    code: 'INVALID_INPUT',
    sentence: (file) => `"${file}" is a file where a folder is needed.`,
    hint: 'Choose another folder, or move the file.',
  },
  ENOTEMPTY: {
    code: 'FOLDER_NOT_EMPTY',
    sentence: (file) => `The folder "${file}" is not empty.`,
    hint: 'Choose another folder, or empty this one.',
  },
  ENAMETOOLONG: {
    code: 'INVALID_INPUT',
    sentence: (file) => `The name or the path "${file}" is too long for the file system.`,
    hint: 'Choose a shorter name, or a folder nearer to the root of the disk.',
  },
  ELOOP: {
    code: 'INVALID_INPUT',
    sentence: (file) =>
      `"${file}" cannot be opened: its links form a loop, or it is a link and links are not followed here.`,
    hint: 'Choose the file or folder itself, not a link to it.',
  },
  EINVAL: {
    code: 'INVALID_INPUT',
    sentence: (file) => `The file system does not accept the name "${file}".`,
    hint: 'Choose a name of letters, digits, dashes and underscores.',
  },
  EACCES: noRight,
  EPERM: noRight,
  EROFS: {
    code: 'NOT_WRITABLE',
    sentence: (file) => `"${file}" is on a read-only file system and cannot be written.`,
    hint: 'Choose a location on another disk, or mount this one with write access.',
  },
  EBUSY: inUse,
  ETXTBSY: inUse,
  ENOSPC: {
    code: 'DISK_FULL',
    sentence: (file) => `The disk is full: "${file}" could not be written.`,
    hint: 'Free some space on this disk, then resume.',
    retryable: true,
  },
  EDQUOT: {
    code: 'DISK_FULL',
    sentence: (file) => `Your disk quota is used up: "${file}" could not be written.`,
    hint: 'Free some of your space on this disk, then resume.',
    retryable: true,
  },
  EFBIG: {
    code: 'NOT_WRITABLE',
    sentence: (file) => `"${file}" would be larger than its file system allows.`,
    hint: 'Choose a location on a disk with another file system (FAT32 holds files of up to 4 GB).',
  },
  EXDEV: {
    code: 'NOT_WRITABLE',
    sentence: (file) => `"${file}" cannot be moved to another disk in one step.`,
    hint: 'Choose a location on the same disk.',
  },
  EIO: {
    code: 'NOT_WRITABLE',
    sentence: (file) => `The disk reported an error while "${file}" was read or written.`,
    hint: 'The disk, its cable or the network drive may be failing: back up its contents and check it.',
    retryable: true,
  },
  EMFILE: tooManyOpen,
  ENFILE: tooManyOpen,
  ENOMEM: {
    code: 'OUT_OF_MEMORY',
    sentence: (file) => `There is not enough memory to open "${file}".`,
    hint: 'Close other programs, then try again.',
    retryable: true,
  },
  ENXIO: noFile,
  ENODEV: noFile,
  ESPIPE: noFile,
  ESTALE: gone,
  EHOSTDOWN: gone,
  ENOTCONN: gone,
  ERR_FS_FILE_TOO_LARGE: {
    code: 'INVALID_INPUT',
    sentence: (file) => `"${file}" is too large to read in one piece.`,
    hint: 'Choose a smaller file.',
  },
};
