import { z } from 'zod';

/** One method of a service: its input's schema, checked where the call arrives, and its output's type. Both are JSON-safe. */
export interface Method<Input extends z.ZodType, Output> {
  input: Input;
  /** Never set: carries the output's type. */
  output?: Output;
}

export const method =
  <Output>() =>
  <Input extends z.ZodType>(input: Input): Method<Input, Output> => ({ input });

/** Progress of a call that takes longer than a second. */
export interface CallProgress {
  done: number;
  total: number;
  /** What is being done, of a call that does one thing after another: each has a `total` of its own, in units of its own. */
  phase?: CallPhase;
}

/**
 * import: images read. search: learning rates tried. write: files written. calibrate: images that int8 is fitted to. check: images
 * answered by what was exported.
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
}

/** A path as a host gives it. */
export const pathSchema = z.string().min(1);
