import type { CallContext, CallProgress } from '../../../electron/contract/method.ts';

/** What a handler gets beside its input; progress is collected. */
export function context(reported: CallProgress[] = []): CallContext {
  return { signal: new AbortController().signal, progress: (progress) => void reported.push(progress) };
}
