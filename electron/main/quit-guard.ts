import path from 'node:path';
import type { Question } from './confirm.ts';

/** Milliseconds: longest waits for an engine that may be hanging. A batch and a checkpoint take seconds. */
const patience = { list: 3000, pause: 60_000 } as const;

export interface QuitGuardOptions {
  platform: NodeJS.Platform;
  app: {
    quit(): void;
    on(event: 'before-quit', listener: (event: { preventDefault(): void }) => void): unknown;
  };
  /** The folders of the runs at work. */
  activeRuns: () => Promise<string[]>;
  /** Whether a run is at work for all that is known here, where the engine is too busy to be asked. */
  isRunActive: () => boolean;
  /** Asks the user; null: a run is at work, which one is not known. */
  ask: (runs: readonly string[] | null) => Promise<'pause' | 'stay'>;
  /** Pauses a run; resolves when it has been saved. */
  pause: (folder: string) => Promise<void>;
  /** Ends the engine, which pauses what is at work; within `patienceMs` where that is given. */
  close: (patienceMs?: number) => Promise<void>;
  log: (message: string, thrown?: unknown) => void;
}

export interface QuitGuard {
  /** Asks where runs are at work, pauses them, and ends the engine: false where the user stays. For updates, which quit their own way. */
  settle(): Promise<boolean>;
  /** Whether the last window may close. Where the program ends with it, the user is asked first, with the window still there. */
  mayCloseLastWindow(): boolean;
}

/** What is asked; the answers are those of `ask`. `runs` null: see there. */
export function quitQuestion(runs: readonly string[] | null): Question {
  const answers = { yes: 'Pause and quit', no: 'Keep running' };
  const later = 'Paused runs can be resumed from the library.';
  if (runs === null)
    return {
      message: 'A run is in progress.',
      detail: `It is in the middle of a long step. Pausing it may take up to a minute.\n\n${later}`,
      ...answers,
    };
  return {
    message: runs.length === 1 ? 'A run is in progress.' : `${runs.length} runs are in progress.`,
    detail: `${runs.map((run) => path.basename(run)).join('\n')}\n\n${later}`,
    ...answers,
  };
}

/** Nothing quits while a run is at work without having been asked, and no run is cut off that could have been paused. */
export function setupQuitGuard(options: QuitGuardOptions): QuitGuard {
  const { platform, app, activeRuns, isRunActive, ask, pause, close, log } = options;
  let state: 'open' | 'asking' | 'settled' = 'open';

  async function settle(): Promise<boolean> {
    if (state !== 'open') return state === 'settled';
    state = 'asking';
    const runs = await within(patience.list, activeRuns()).catch((thrown: unknown): string[] | null => {
      log('The runs at work could not be asked for before quitting', thrown);
      return isRunActive() ? null : [];
    });
    if ((runs === null || runs.length > 0) && (await wantsToStay(runs))) {
      state = 'open';
      return false;
    }
    for (const run of runs ?? [])
      await within(patience.pause, pause(run)).catch((thrown: unknown) =>
        log(`${run} was not paused`, thrown),
      );
    await close(runs === null ? patience.pause : undefined).catch((thrown: unknown) =>
      log('The engine did not close', thrown),
    );
    state = 'settled';
    return true;
  }

  /** Where the question itself fails nothing has been decided: the user stays, and may try again. */
  async function wantsToStay(runs: readonly string[] | null): Promise<boolean> {
    try {
      return (await ask(runs)) === 'stay';
    } catch (thrown) {
      log('The question before quitting could not be asked', thrown);
      return true;
    }
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
    mayCloseLastWindow() {
      if (platform === 'darwin' || state === 'settled') return true;
      app.quit();
      return false;
    },
  };
}

/** Rejects after this many milliseconds, whatever the promise does. */
function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${ms / 1000} s.`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
