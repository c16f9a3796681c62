import type { NativeSession } from './binding.ts';
import type { Feed, Feeds } from './feed.ts';

/** The output that a graph needs for it (`GraphBuilder.addSequenceOutput`). */
export const sequenceOutput = 'sequence';
const sequenceRefusal = 'Non tensor type';

/**
 * The binding writes every output into the array given for it and then copies it into a fresh one, which costs more than
 * many kernels. It gives up with an exception at the first output that is no tensor, after the writing and before the copying.
 */
export function runInPlace(native: NativeSession, inputs: Feeds, outputs: Record<string, Feed>): void {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    native.run(inputs, { [sequenceOutput]: null, ...outputs });
  } catch (thrown) {
    if (thrown instanceof Error && thrown.message.startsWith(sequenceRefusal)) return;
    throw thrown instanceof Error ? new Error(thrown.message) : thrown;
  } finally {
    Error.stackTraceLimit = limit;
  }
  throw new Error('onnxruntime: a sequence output was copied; the in-place run is not to be trusted.');
}
