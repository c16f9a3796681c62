import { z } from 'zod';

/**
 * Where a method that computes is computed, apart from the process that answers: in the worker that short calls share, which keeps what
 * the window asks for again (shared), or in a worker of its own that ends with the call (own).
 */
export type ComputePlace = 'shared' | 'own';

/** One method of a service: its input's schema, checked where the call arrives, and its output's type. Both are JSON-safe. */
export interface Method<
  Input extends z.ZodType,
  Output,
  Place extends ComputePlace | null = ComputePlace | null,
> {
  input: Input;
  /** null: it answers within milliseconds and never holds its thread for more than 20. */
  computes: Place;
  /** Never set: carries the output's type. */
  output?: Output;
}

export const method =
  <Output>() =>
  <Input extends z.ZodType, Place extends ComputePlace | null = null>(
    input: Input,
    options?: { computes: Place },
  ): Method<Input, Output, Place> => ({ input, computes: (options?.computes ?? null) as Place });

/** Progress of a call that takes longer than a second. */
export interface CallProgress {
  done: number;
  total: number;
  /** What is being done, of a call that does one thing after another: each has a `total` of its own, in units of its own. */
  phase?: CallPhase;
}

/**
 * import: images read. search: learning rates tried. write: files written. calibrate: images that int8 is fitted to. check: images
 * resolved with what was exported.
 */
export type CallPhase = 'import' | 'search' | 'write' | 'calibrate' | 'check';

/** What a handler gets beside its input. */
export interface CallContext {
  signal: AbortSignal;
  progress: (progress: CallProgress) => void;
}

export interface CallOptions {
  signal?: AbortSignal;
  onProgress?: (progress: CallProgress) => void;
  /** A large result comes as JsonText, to be passed on. */
  unparsed?: boolean;
}

/** A path as a host gives it. */
export const pathSchema = z.string().min(1);
