import type { ErrorCode } from '../contract/error-codes.ts';
import { toErrorValue } from '../contract/errors.ts';

/** The HTTP status that fits an error, 500 for the others; programs still branch on the code. */
const statuses: Partial<Record<ErrorCode, number>> = {
  INVALID_INPUT: 400,
  NOT_FOUND: 404,
  UNSUPPORTED_FORMAT: 415,
  ARCHIVE_CORRUPT: 422,
  ARCHIVE_LIMIT: 422,
  DATASET_EMPTY: 422,
  IMAGE_UNREADABLE: 422,
  WEIGHTS_CORRUPT: 422,
  WEIGHTS_UNSAFE: 422,
  WEIGHTS_MISMATCH: 422,
  RECIPE_INVALID: 422,
  RUN_CORRUPT: 422,
  RUN_STATE: 409,
  BACKEND_UNAVAILABLE: 503,
  DISK_FULL: 507,
  NOT_WRITABLE: 403,
  OUT_OF_MEMORY: 507,
  // nginx's "client closed request": nobody reads it.
  CANCELLED: 499,
  ENGINE_GONE: 503,
  NETWORK: 502,
};

/** Headers of every answer: nothing may guess a content type, embed it, or hear where it was linked from. */
export const commonHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

export function jsonResponse(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { ...commonHeaders, 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}

/** Whatever was thrown as an ErrorValue in JSON, with the status that fits its code. */
export function errorResponse(thrown: unknown): Response {
  const error = toErrorValue(thrown);
  return jsonResponse(error, statuses[error.code] ?? 500);
}

/** Whether the client has this version already; `etag` with its quotes. */
export const isKnown = (request: Request, etag: string): boolean =>
  (request.headers.get('if-none-match') ?? '').split(',').some((known) => known.trim() === etag);
