import { useToast } from '@nuxt/ui/composables/useToast';
import { onMounted, onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { Draft } from '../../../electron/contract/draft.ts';
import type { RunSummary, TrashedRun } from '../../../electron/contract/run-summary.ts';
import type { SweepSummary } from '../../../electron/contract/sweep/sweep-summary.ts';
import { engine } from '../../client/engine.ts';
import { useCall } from '../../composables/use-call.ts';
import { useAnnotate } from '../../run/use-annotate.ts';
import { showError } from '../../error-toast.ts';
import { useRunWatch } from '../../run/run-watch.ts';
import { useSettings } from '../../stores/settings.ts';

/** Milliseconds that the way back from the trash is offered. */
const undoMs = 12_000;

/** The runs and sweeps of the settings' folder, and the drafts; kept up to date while they are looked at. */
export function useLibrary() {
  const settings = useSettings();
  const watched = useRunWatch();
  const toast = useToast();
  const runs = shallowRef<RunSummary[] | null>(null);
  const sweeps = shallowRef<SweepSummary[]>([]);
  const drafts = shallowRef<Draft[]>([]);
  const trashed = ref(0);

  const listing = useCall(async (client, options) => {
    const { runsFolder: out } = await settings.load();
    const [list, tried, kept, trash] = await Promise.all([
      client.runs.list({ out }, options),
      client.sweeps.list({ out }, options),
      client.recipes.drafts({}, options),
      client.runs.trashed({ out }, options).catch((): TrashedRun[] => []),
    ]);
    return { list, tried, kept, trash };
  });

  async function reload(): Promise<void> {
    const found = await listing.run();
    if (!found) return;
    runs.value = found.list;
    sweeps.value = found.tried;
    drafts.value = found.kept;
    trashed.value = found.trash.length;
    for (const run of found.list) watched.follow(run);
  }

  const fail = (title: string, thrown: unknown): void => showError(toast, thrown, title);

  async function restore(gone: TrashedRun[]): Promise<void> {
    try {
      const client = await engine.client();
      for (const { folder } of gone) await client.runs.restore({ folder });
    } catch (thrown) {
      fail('It could not be restored from the trash', thrown);
    }
    await reload();
  }

  /** Moves runs to the trash and offers the way back. */
  async function trash(chosen: readonly RunSummary[]): Promise<void> {
    const gone: TrashedRun[] = [];
    try {
      const client = await engine.client();
      for (const { folder } of chosen) gone.push(await client.runs.trash({ folder }));
    } catch (thrown) {
      fail('The run could not be moved to the trash', thrown);
    }
    const [first] = chosen;
    await offerUndo(
      gone,
      gone.length === 1 && first ? `“${first.name}” is in the trash` : `${gone.length} runs are in the trash`,
    );
  }

  async function trashSweep({ folder, name }: SweepSummary): Promise<void> {
    const gone: TrashedRun[] = [];
    try {
      const client = await engine.client();
      gone.push(await client.sweeps.trash({ folder }));
    } catch (thrown) {
      fail('The sweep could not be moved to the trash', thrown);
    }
    await offerUndo(gone, `The sweep “${name}” is in the trash`);
  }

  async function offerUndo(gone: TrashedRun[], title: string): Promise<void> {
    if (gone.length > 0) {
      toast.add({
        title,
        icon: 'i-lucide-trash-2',
        color: 'neutral',
        duration: undoMs,
        actions: [{ label: 'Undo', color: 'neutral', variant: 'outline', onClick: () => void restore(gone) }],
      });
    }
    await reload();
  }

  async function removeDraft(draft: Draft): Promise<void> {
    try {
      const client = await engine.client();
      await client.recipes.removeDraft({ id: draft.id });
      toast.add({
        title: 'The draft was removed',
        icon: 'i-lucide-trash-2',
        color: 'neutral',
        duration: undoMs,
        actions: [
          { label: 'Undo', color: 'neutral', variant: 'outline', onClick: () => void bringBack(draft) },
        ],
      });
    } catch (thrown) {
      fail('The draft could not be removed', thrown);
    }
    await reload();
  }

  async function bringBack({ id, recipe, data, step }: Draft): Promise<void> {
    try {
      const client = await engine.client();
      await client.recipes.saveDraft({ id, recipe, data, step });
    } catch (thrown) {
      fail('The draft could not be restored', thrown);
    }
    await reload();
  }

  const { annotate } = useAnnotate(reload);

  const onFocus = (): void => {
    if (!listing.pending.value) void reload();
  };
  onMounted(() => {
    void reload();
    window.addEventListener('focus', onFocus);
  });
  onScopeDispose(() => window.removeEventListener('focus', onFocus));
  watch(engine.generation, (_now, before) => {
    if (before > 0) void reload();
  });
  // A run that ended has its scores now.
  watch(
    () => watched.runs.size,
    (now, before) => {
      if (now < before) void reload();
    },
  );

  return { runs, sweeps, drafts, trashed, listing, reload, trash, trashSweep, annotate, removeDraft };
}
