import { useToast } from '@nuxt/ui/composables/useToast';
import { shallowReactive } from 'vue';
import type { RunAnnotation } from '../../electron/contract/annotation.ts';
import type { RunSummary } from '../../electron/contract/run-summary.ts';
import { engine } from '../client/engine.ts';
import { showError } from '../error-toast.ts';
import { useRunWatch } from './run-watch.ts';

type Annotated = Pick<RunSummary, 'folder' | 'name' | 'recipeName' | 'annotation'>;

/** Names given since the window was opened, by folder: screens that read a run before show them at once. */
const given = shallowReactive(new Map<string, string>());
export const shownName = (folder: string, known: string): string => given.get(folder) ?? known;

/** Milliseconds that the way back is offered. */
const undoMs = 12_000;

/** Renames, tags and notes a run, and offers the way back. */
export function useAnnotate(changed: () => unknown) {
  const toast = useToast();
  const watched = useRunWatch();

  /** Gives whether it was kept. */
  async function keep({ folder, recipeName }: Annotated, next: RunAnnotation): Promise<boolean> {
    try {
      const client = await engine.client();
      const { name } = await client.runs.annotate({ folder, ...next });
      given.set(folder, name ?? recipeName);
      watched.rename(folder, name ?? recipeName);
    } catch (thrown) {
      showError(toast, thrown, 'The name, tags and notes could not be saved');
      return false;
    }
    await changed();
    return true;
  }

  async function annotate(run: Annotated, next: RunAnnotation): Promise<void> {
    if (!(await keep(run, next))) return;
    const { name: before } = run;
    const now = next.name ?? run.recipeName;
    toast.add({
      title: now === before ? `“${now}” was changed` : `“${before}” was renamed to “${now}”`,
      icon: 'i-lucide-pencil',
      color: 'neutral',
      duration: undoMs,
      actions: [
        {
          label: 'Undo',
          color: 'neutral',
          variant: 'outline',
          onClick: () => void keep(run, run.annotation),
        },
      ],
    });
  }

  return { annotate };
}
