/** What of `process` is used. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/**
 * Calls back with every signal that asks for an end: Ctrl-C, SIGTERM as service managers and batch queues send it, and SIGHUP where the
 * terminal was closed. The last comes from the kernel and from the shell: it never counts as a second signal, which would not wait until
 * a run is saved. Returns the way to end it.
 */
export function onSignals(source: SignalSource, listener: () => void): () => void {
  let isAsked = false;
  const asked = (): void => {
    isAsked = true;
    listener();
  };
  const hungUp = (): void => {
    if (!isAsked) asked();
  };
  const listeners = [
    ['SIGINT', asked],
    ['SIGTERM', asked],
    ['SIGHUP', hungUp],
  ] as const;
  for (const [signal, heard] of listeners) source.on(signal, heard);
  return () => listeners.forEach(([signal, heard]) => void source.off(signal, heard));
}
