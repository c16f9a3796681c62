import type { DesktopInput } from '../contract/desktop.ts';
import { DistillError } from '../contract/errors.ts';
import { endingOf, interruptedEnding, type RunEnding } from '../contract/run-ending.ts';
import type { RunSummary } from '../contract/run-summary.ts';
import type { RunsClient } from './active-runs.ts';
import type { Notice } from './notifications.ts';

export interface RunActivityOptions {
  /** The engine; throws where none runs. */
  client: () => RunsClient;
  powerSaveBlocker: {
    start(kind: 'prevent-app-suspension'): number;
    stop(id: number): unknown;
  };
  /** Every window's progress bar: below 0 none, above 1 unknown. */
  setProgress: (fraction: number) => void;
  /** Shows a notification where the user is not looking: its text, and its run. */
  notify: (notice: Notice, folder: string) => void;
  /** Called when a run begins or the last one ends. */
  onChange: () => void;
  log: (message: string, thrown?: unknown) => void;
}

/**
 * What the system shows while runs are at work: progress on the dock or taskbar, not to suspend the program, and a notification at
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

  /** What a page reports about the run that it follows. */
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
    let ending: RunEnding | null;
    let isThere = true;
    try {
      ending = endingOf(await client.runs.wait({ folder }));
    } catch (thrown) {
      isThere = false;
      if (!(thrown instanceof DistillError)) this.#options.log('A run could not be waited for', thrown);
      ending = interruptedEnding(name);
    }
    this.#change(() => {
      this.#watched.delete(folder);
      // The page may not have heard yet, or be closed.
      if (this.#watched.size === 0) this.#reported = false;
    });
    if (ending) this.#options.notify({ title: ending.title, body: ending.text }, folder);
    // One that waited may be at work now, with no page to report it.
    if (isThere) void this.#look();
  }

  /** Changes what is known, and updates the system where that makes a difference. */
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
