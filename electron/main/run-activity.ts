import type { DesktopInput } from '../contract/desktop.ts';
import { DistillError } from '../contract/errors.ts';
import type { RunSummary } from '../contract/run-summary.ts';
import type { RunsClient } from './active-runs.ts';

export interface RunActivityOptions {
  /** The engine; throws where none runs. */
  client: () => RunsClient;
  powerSaveBlocker: {
    start(kind: 'prevent-app-suspension'): number;
    stop(id: number): unknown;
  };
  /** Every window's progress bar: below 0 none, above 1 unknown. */
  setProgress: (fraction: number) => void;
  /** Told where the user does not look: what, and of which run. */
  notify: (message: Message, folder: string) => void;
  /** Called when a run begins or the last one ends. */
  onChange: () => void;
  log: (message: string, thrown?: unknown) => void;
}

interface Message {
  title: string;
  body: string;
}

/** What is said of a run that has ended; null where the user has ended it, who knows. */
function messageOf({ name, state, error, accuracy: { student } }: RunSummary): Message | null {
  if (state === 'completed')
    return {
      title: `${name} is done`,
      body:
        student === null ? 'The run has ended.' : `The student's accuracy: ${(100 * student).toFixed(2)} %.`,
    };
  if (state === 'failed')
    return { title: `${name} failed`, body: error?.message ?? 'Open the run to see why.' };
  return state === 'interrupted' && error?.code !== 'CANCELLED' ? interrupted(name) : null;
}

const interrupted = (name: string): Message => ({
  title: `${name} was interrupted`,
  body: 'It can be resumed from where it was.',
});

/**
 * What the system is told while runs are at work: progress on the dock or taskbar, not to suspend the program, and a notification at
 * the end. How far a run is comes from the page; that it has ended from the engine, for pages may be closed by then.
 */
export class RunActivity {
  readonly #options: RunActivityOptions;
  readonly #watched = new Set<string>();
  #reported = false;
  #isLooking = false;
  #blocker: number | null = null;

  constructor(options: RunActivityOptions) {
    this.#options = options;
  }

  get isActive(): boolean {
    return this.#reported || this.#watched.size > 0;
  }

  /** What a page says about the run that it knows of. */
  show({ active, fraction }: DesktopInput<'showRun'>): void {
    if (active && this.#watched.size === 0) void this.#look();
    this.#change(() => (this.#reported = active));
    if (this.isActive && active) this.#options.setProgress(fraction ?? 2);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const client = this.#options.client();
      for (const run of await client.runs.active({})) void this.#watch(client, run);
    } catch (thrown) {
      this.#options.log('The runs at work could not be asked for', thrown);
    } finally {
      this.#isLooking = false;
    }
  }

  async #watch(client: RunsClient, { folder, name }: RunSummary): Promise<void> {
    if (this.#watched.has(folder)) return;
    this.#change(() => this.#watched.add(folder));
    let message: Message | null;
    let isThere = true;
    try {
      message = messageOf(await client.runs.wait({ folder }));
    } catch (thrown) {
      isThere = false;
      if (!(thrown instanceof DistillError)) this.#options.log('A run could not be waited for', thrown);
      message = interrupted(name);
    }
    this.#change(() => {
      this.#watched.delete(folder);
      // The page may not have heard yet, or be closed.
      if (this.#watched.size === 0) this.#reported = false;
    });
    if (message) this.#options.notify(message, folder);
    // One that waited may be at work now, with no page to tell of it.
    if (isThere) void this.#look();
  }

  /** Changes what is known, and tells the system where that makes a difference. */
  #change(apply: () => void): void {
    const { powerSaveBlocker, setProgress, onChange } = this.#options;
    const wasActive = this.isActive;
    apply();
    if (this.isActive === wasActive) return;
    if (this.isActive) this.#blocker = powerSaveBlocker.start('prevent-app-suspension');
    else {
      if (this.#blocker !== null) powerSaveBlocker.stop(this.#blocker);
      this.#blocker = null;
      setProgress(-1);
    }
    onChange();
  }
}
