import { defineStore } from 'pinia';
import { shallowReactive, shallowRef, watch } from 'vue';
import type { RunEvent } from '../../electron/contract/events.ts';
import { type RunPosition, followPosition } from '../../electron/contract/position.ts';
import { isActive, phasesOf, type RunState } from '../../electron/contract/run.ts';
import { endingOf, type RunEnding } from '../../electron/contract/run-ending.ts';
import type { RunSummary } from '../../electron/contract/run-summary.ts';
import type { Recipe } from '../../electron/contract/recipe.ts';
import { runTopic } from '../../electron/contract/services.ts';
import { engine } from '../client/engine.ts';
import { host } from '../host/index.ts';
import { runFraction } from './progress.ts';

/** A run at work, seen from wherever in the program the person is. */
export interface WatchedRun {
  folder: string;
  name: string;
  state: RunState;
  position: RunPosition | null;
  /** Of the whole run, in [0, 1]. */
  fraction: number | null;
  etaSeconds: number | null;
}

/** How a run ended that was watched. */
export interface WatchedEnding extends RunEnding {
  folder: string;
}

interface Watch {
  recipe: Recipe | null;
  end: () => void;
}

/** Between two looks of the system at how far a run is. */
const showMs = 1000;

/** The runs at work: their progress for lists, for the system's task bar, and a notification when one ends. */
export const useRunWatch = defineStore('run-watch', () => {
  const runs = shallowReactive(new Map<string, WatchedRun>());
  const watches = new Map<string, Watch>();
  /** The last that ended while it was watched. */
  const ending = shallowRef<WatchedEnding | null>(null);
  let shownAt = 0;

  function show(): void {
    const first = [...runs.values()].find(({ state }) => state !== 'queued') ?? [...runs.values()][0];
    const now = performance.now();
    if (first && now - shownAt < showMs) return;
    shownAt = now;
    host.showRun({
      active: first !== undefined,
      fraction: first?.fraction ?? null,
      title: first?.name ?? '',
    });
  }

  function set(run: WatchedRun): void {
    const recipe = watches.get(run.folder)?.recipe;
    runs.set(run.folder, {
      ...run,
      fraction: recipe ? runFraction(recipe, run.state, run.position) : null,
      etaSeconds: run.position?.remaining?.seconds ?? null,
    });
    show();
  }

  function drop(folder: string): void {
    watches.get(folder)?.end();
    watches.delete(folder);
    runs.delete(folder);
    shownAt = 0;
    show();
  }

  async function ended(folder: string): Promise<void> {
    drop(folder);
    const client = await engine.client();
    const { summary } = await client.runs.details({ folder });
    const known = endingOf(summary);
    if (known === null) return;
    ending.value = { folder, ...known };
    host.notifications?.show(known.title, known.text);
  }

  function receive(folder: string, event: RunEvent): void {
    const run = runs.get(folder);
    const recipe = watches.get(folder)?.recipe;
    if (!run) return;
    if (event.type === 'state' && !isActive(event.state)) void ended(folder).catch(() => undefined);
    else if (event.type === 'state') set({ ...run, state: event.state });
    else if (recipe) {
      const position = followPosition(run.position, event, phasesOf(recipe));
      if (position !== run.position) set({ ...run, position });
    }
  }

  async function refresh(folder: string): Promise<void> {
    const client = await engine.client();
    const { summary, recipe, position } = await client.runs.details({ folder });
    const known = watches.get(folder);
    if (!known) return;
    known.recipe = recipe;
    if (!isActive(summary.state)) return ended(folder);
    const { name, state } = summary;
    set({ folder, name, state, position, fraction: null, etaSeconds: null });
  }

  /** Follows a run until it ends; does nothing where it is followed already or not at work. */
  function follow({ folder, name, state }: Pick<RunSummary, 'folder' | 'name' | 'state'>): void {
    if (!isActive(state) || watches.has(folder)) return;
    const end = engine.subscribe(runTopic(folder), (event) => receive(folder, event));
    watches.set(folder, { recipe: null, end });
    set({ folder, name, state, position: null, fraction: null, etaSeconds: null });
    void refresh(folder).catch(() => undefined);
  }

  /** A run at work got another name. */
  function rename(folder: string, name: string): void {
    const run = runs.get(folder);
    if (run) set({ ...run, name });
  }

  /** Looks after those that are known, and finds those that began elsewhere. */
  async function look(): Promise<void> {
    await Promise.allSettled([...watches.keys()].map(refresh));
    const client = await engine.client();
    for (const summary of await client.runs.active({})) follow(summary);
  }

  /** Finds the runs at work when the program starts, and looks again whenever there is a new engine. */
  function start(): void {
    watch(
      engine.generation,
      (generation) => {
        if (generation > 0) look().catch(() => undefined);
      },
      { immediate: true },
    );
  }

  return { runs, ending, follow, rename, start };
});
