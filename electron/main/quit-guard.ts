/** Milliseconds: longest waits for an engine that may be hanging. A batch and a checkpoint take seconds. */
const patience = { list: 3000, pause: 60_000 } as const;

export interface QuitGuardOptions {
  app: {
    quit(): void;
    on(event: 'before-quit', listener: (event: { preventDefault(): void }) => void): unknown;
  };
  /** The folders of the runs at work. */
  activeRuns: () => Promise<string[]>;
  /** Asks the user. */
  ask: (runs: readonly string[]) => Promise<'pause' | 'stay'>;
  /** Pauses a run; resolves when it has been saved. */
  pause: (folder: string) => Promise<void>;
  /** Ends the engine, sooner or later. */
  close: () => Promise<void>;
  log: (message: string, thrown?: unknown) => void;
}

export interface QuitGuard {
  /** Asks where runs are at work, pauses them, and ends the engine: false where the user stays. For updates, which quit their own way. */
  settle(): Promise<boolean>;
  /** Whether quitting has been settled, so that windows may close. */
  readonly isSettled: boolean;
}

/** Nothing quits while a run is at work without having been asked, and no run is cut off that could have been paused. */
export function setupQuitGuard({ app, activeRuns, ask, pause, close, log }: QuitGuardOptions): QuitGuard {
  let state: 'open' | 'asking' | 'settled' = 'open';

  async function settle(): Promise<boolean> {
    if (state !== 'open') return state === 'settled';
    state = 'asking';
    const runs = await within(patience.list, activeRuns()).catch((thrown: unknown): string[] => {
      log('The runs at work could not be asked for before quitting', thrown);
      return [];
    });
    if (runs.length > 0 && (await ask(runs)) === 'stay') {
      state = 'open';
      return false;
    }
    for (const run of runs)
      await within(patience.pause, pause(run)).catch((thrown: unknown) =>
        log(`${run} was not paused`, thrown),
      );
    await close().catch((thrown: unknown) => log('The engine did not close', thrown));
    state = 'settled';
    return true;
  }

  app.on('before-quit', (event) => {
    if (state === 'settled') return;
    event.preventDefault();
    if (state === 'asking') return;
    void settle().then((isLeaving) => {
      if (isLeaving) app.quit();
    });
  });
  return {
    settle,
    get isSettled() {
      return state === 'settled';
    },
  };
}

/** Rejects after so many milliseconds, whatever the promise does. */
function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${ms / 1000} s.`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
