import type { CallContext, CallProgress } from '../../../electron/contract/method.ts';

/** What a handler gets beside its input; progress is collected. */
export function context(told: CallProgress[] = []): CallContext {
  return { signal: new AbortController().signal, progress: (progress) => void told.push(progress) };
}
