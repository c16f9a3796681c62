import { useToast } from '@nuxt/ui/composables/useToast';
import { useEventListener } from '@vueuse/core';
import { useRouter } from 'vue-router';
import { engine } from '../client/engine.ts';
import { showError } from '../error-toast.ts';
import { host } from '../host/index.ts';
import type { MenuMeans, ScreenAction } from './menu.ts';
import { useRunWatch } from '../run/run-watch.ts';
import { useSettings } from '../stores/settings.ts';
import { recipeFiles } from '../draft/recipe-files.ts';
import { theme } from '../composables/theme.ts';

const eventName = 'distill:screen-action';

/** Calls back for what the menu or a shortcut asks of whatever is shown, as long as the component is there. */
export const onScreenAction = (wanted: ScreenAction, listener: () => void): void =>
  void useEventListener(window, eventName, (event: Event) => {
    if ((event as CustomEvent<ScreenAction>).detail === wanted) listener();
  });

/** The window's own means for the actions of the menu. */
export function useMenuMeans(): MenuMeans {
  const router = useRouter();
  const toast = useToast();
  const settings = useSettings();
  const watched = useRunWatch();

  async function pause(folder: string): Promise<void> {
    try {
      const client = await engine.client();
      await client.runs.stop({ folder, mode: 'pause' });
    } catch (thrown) {
      showError(toast, thrown);
    }
  }

  return {
    screen: () => router.currentRoute.value.name,
    go: (to) => void router.push(to),
    pickRecipe: () => host.pick({ kind: 'file', title: 'Open a recipe', extensions: recipeFiles }),
    setTheme(chosen) {
      // At once, also where the engine is not there to keep it: the window remembers it as well.
      theme.value = chosen;
      void settings.save({ theme: chosen }).catch(() => undefined);
    },
    atWork: () => [...watched.runs.values()].find(({ state }) => state === 'running')?.folder ?? null,
    pause: (folder) => void pause(folder),
    send: (detail) => window.dispatchEvent(new CustomEvent<ScreenAction>(eventName, { detail })),
  };
}
