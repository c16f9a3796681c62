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
