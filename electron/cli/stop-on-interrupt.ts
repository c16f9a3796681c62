import type { Session } from './session.ts';

/** What `work` gives. Ctrl-C meanwhile calls `stop`, which is to end the work after its batch. */
export async function stopOnInterrupt<Result>(
  { output, signal }: Session,
  stop: () => Promise<unknown>,
  work: () => Promise<Result>,
): Promise<Result> {
  const interrupted = (): void => {
    output.note('Stopping after this batch; Ctrl-C again quits at once and keeps the last checkpoint.');
    // Work that ends of itself meanwhile cannot be stopped any more, which is as well.
    stop().catch((error: unknown) => output.trace(`Stopping: ${String(error)}`));
  };
  if (signal.aborted) interrupted();
  else signal.addEventListener('abort', interrupted);
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', interrupted);
  }
}
