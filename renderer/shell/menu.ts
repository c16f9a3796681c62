import type { RouteLocationRaw } from 'vue-router';
import type { MenuAction, MenuName, Theme } from '../../electron/contract/desktop.ts';

/** Beside the native menu's: what only a shortcut asks for. */
export type WindowAction = MenuName | 'search';

/** What actions are done with. */
export interface MenuMeans {
  /** The name of the screen that is shown. */
  screen: () => unknown;
  go: (to: RouteLocationRaw) => void;
  /** Asks for a recipe's file; null where the person thought better of it. */
  pickRecipe: () => Promise<string | null>;
  setTheme: (theme: Theme) => void;
  /** The folder of the run at work, wherever it is shown; null: none is. */
  atWork: () => string | null;
  pause: (folder: string) => void;
  /** Sends it to whatever is shown; see `onScreenAction`. */
  send: (action: ScreenAction) => void;
}

/** What is done by whoever is on the screen: a run's buttons, the library's search field. */
export type ScreenAction = Extract<WindowAction, 'pause-resume' | 'search'>;

/** How each action is done; one that is missing does not compile. */
export const menuHandlers = (means: MenuMeans): Record<WindowAction, () => void> => {
  const { screen, go, pickRecipe, setTheme, atWork, pause, send } = means;
  return {
    new: () => go({ name: 'wizard', query: { fresh: '1' } }),
    'open-recipe': () =>
      void pickRecipe().then((file) => {
        if (file !== null) go(opened(file));
      }),
    library: () => go({ name: 'library' }),
    settings: () => go({ name: 'settings' }),
    help: () => go({ name: 'help' }),
    shortcuts: () => go({ name: 'help', hash: '#keyboard' }),
    'pause-resume': () => {
      const folder = atWork();
      if (screen() === 'run') send('pause-resume');
      else if (folder === null) go({ name: 'library' });
      else {
        pause(folder);
        go({ name: 'run', query: { folder } });
      }
    },
    diagnostics: () => go({ name: 'settings', hash: '#diagnostics' }),
    about: () => go({ name: 'settings', hash: '#about' }),
    'theme-system': () => setTheme('system'),
    'theme-light': () => setTheme('light'),
    'theme-dark': () => setTheme('dark'),
    search: () => {
      if (screen() === 'library') send('search');
      else go({ name: 'library', hash: '#search' });
    },
  };
};

/** Does what the native menu, a file opened from outside or a notification asks for. */
export function handleMenu(means: MenuMeans, action: MenuAction): void {
  if (action.startsWith('open:')) means.go(opened(action.slice('open:'.length)));
  else if (action.startsWith('run:'))
    means.go({ name: 'run', query: { folder: action.slice('run:'.length) } });
  else menuHandlers(means)[action as MenuName]();
}

const opened = (file: string): RouteLocationRaw => ({ name: 'wizard', query: { open: file } });
