/** Ctrl-C, pressed once or twice. */
export interface Interrupts {
  /** Aborted by the first: end in good order. */
  signal: AbortSignal;
  /** Resolves on the second: leave at once. */
  second: Promise<void>;
  end(): void;
}

export function interrupts(onInterrupt: (listener: () => void) => () => void): Interrupts {
  const controller = new AbortController();
  let leave: () => void;
  const second = new Promise<void>((resolve) => (leave = resolve));
  const end = onInterrupt(() => {
    if (controller.signal.aborted) leave();
    else controller.abort();
  });
  return { signal: controller.signal, second, end };
}
