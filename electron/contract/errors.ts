/** Every error that crosses a process border carries one of these codes. Programs branch on the code, people read the rest. */
export const errorCodes = [
  'INVALID_INPUT',
  'NOT_FOUND',
  'UNSUPPORTED_FORMAT',
  'ARCHIVE_CORRUPT',
  'ARCHIVE_LIMIT',
  'DATASET_EMPTY',
  'IMAGE_UNREADABLE',
  'WEIGHTS_CORRUPT',
  'WEIGHTS_UNSAFE',
  'WEIGHTS_MISMATCH',
  'RECIPE_INVALID',
  'RUN_CORRUPT',
  'RUN_STATE',
  'TRAINING_DIVERGED',
  'BACKEND_UNAVAILABLE',
  'DISK_FULL',
  'NOT_WRITABLE',
  'FOLDER_NOT_EMPTY',
  'OUT_OF_MEMORY',
  'NETWORK',
  'CANCELLED',
  'ENGINE_GONE',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** An error as it travels: no stack, which goes to the log only. */
export interface ErrorValue {
  code: ErrorCode;
  /** One sentence for people: what went wrong, naming the file or the value. */
  message: string;
  /** One sentence: what to do about it. Empty only for INTERNAL and CANCELLED. */
  hint: string;
  /** Whether the same call may succeed later without a change of input. */
  retryable: boolean;
}

/** The one exception class that our own code throws; anything else that arrives at a border becomes INTERNAL there. */
export class DistillError extends Error implements ErrorValue {
  override readonly name = 'DistillError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryable: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    hint = '',
    options: { retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = hint;
    this.retryable = options.retryable ?? false;
  }
}

const systemErrors: Record<string, { code: ErrorCode; hint: string }> = {
  ENOENT: { code: 'NOT_FOUND', hint: 'Check the path for a typing mistake.' },
  ENOTDIR: { code: 'NOT_FOUND', hint: 'A part of the path is a file, not a folder.' },
  EISDIR: { code: 'INVALID_INPUT', hint: 'Name a file, not a folder.' },
  EACCES: { code: 'NOT_WRITABLE', hint: 'Choose a place that you may read and write.' },
  EPERM: { code: 'NOT_WRITABLE', hint: 'Choose a place that you may read and write.' },
  EROFS: { code: 'NOT_WRITABLE', hint: 'The file system is read-only: choose another place.' },
  ENOSPC: { code: 'DISK_FULL', hint: 'Free some space on this disk, then resume.' },
  EDQUOT: { code: 'DISK_FULL', hint: 'Your disk quota is used up: free some space, then resume.' },
};

/** Turns whatever was thrown into the value that may cross a border. */
export function toErrorValue(thrown: unknown): ErrorValue {
  if (thrown instanceof DistillError) {
    const { code, message, hint, retryable } = thrown;
    return { code, message, hint, retryable };
  }
  if (thrown instanceof Error) {
    const known = 'code' in thrown && typeof thrown.code === 'string' ? systemErrors[thrown.code] : undefined;
    if (known)
      return {
        code: known.code,
        message: thrown.message,
        hint: known.hint,
        retryable: known.code === 'DISK_FULL',
      };
    return { code: 'INTERNAL', message: thrown.message, hint: '', retryable: false };
  }
  return { code: 'INTERNAL', message: String(thrown), hint: '', retryable: false };
}
