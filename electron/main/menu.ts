import type { MenuItemConstructorOptions } from 'electron';
import { themes, type MenuAction, type Theme } from '../contract/desktop.ts';

type Item = MenuItemConstructorOptions;

export interface MenuContext {
  platform: NodeJS.Platform;
  /** Developer tools are for those who run the sources. */
  isPackaged: boolean;
  isRunActive: boolean;
  theme: Theme;
  /** Asks the window in front. */
  ask: (action: MenuAction) => void;
  openWindow: () => void;
  openLogs: () => void;
  setTheme: (theme: Theme) => void;
  /** Recipes that were opened last, newest first. */
  recent: readonly string[];
  openRecent: (file: string) => void;
  clearRecent: () => void;
}

const separator: Item = { type: 'separator' };
const themeNames: Record<Theme, string> = { system: 'Same as system', light: 'Light', dark: 'Dark' };

/** The whole menu; accelerators in Electron's notation, CmdOrCtrl being the platform's own. */
export function menuTemplate(context: MenuContext): Item[] {
  const isMac = context.platform === 'darwin';
  const asks = (label: string, action: MenuAction, accelerator?: string): Item => ({
    label,
    click: () => context.ask(action),
    ...(accelerator && { accelerator }),
  });
  const settings = asks('Settings…', 'settings', 'CmdOrCtrl+,');
  const about = asks('About Distill Studio', 'about');
  return [
    ...(isMac ? [applicationMenu(settings, about)] : []),
    {
      label: '&File',
      submenu: [
        asks('New distillation', 'new', 'CmdOrCtrl+N'),
        { label: 'New window', accelerator: 'CmdOrCtrl+Shift+N', click: () => context.openWindow() },
        asks('Open recipe…', 'open-recipe', 'CmdOrCtrl+O'),
        isMac
          ? { role: 'recentDocuments', submenu: [{ role: 'clearRecentDocuments' }] }
          : { label: 'Open recent', submenu: recentItems(context), enabled: context.recent.length > 0 },
        separator,
        ...(isMac ? [] : [settings, separator]),
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&Run',
      submenu: [
        asks('Library', 'library', 'CmdOrCtrl+L'),
        asks(context.isRunActive ? 'Pause run' : 'Resume run', 'pause-resume', 'CmdOrCtrl+Shift+P'),
      ],
    },
    { label: '&View', submenu: viewItems(context) },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        asks('Distill Studio help', 'help', 'F1'),
        asks('Keyboard shortcuts', 'shortcuts', 'CmdOrCtrl+/'),
        { label: 'Show logs', click: () => context.openLogs() },
        asks('Diagnostics…', 'diagnostics'),
        ...(isMac ? [] : [separator, about]),
      ],
    },
  ];
}

const applicationMenu = (settings: Item, about: Item): Item => ({
  role: 'appMenu',
  label: 'Distill Studio',
  submenu: [
    about,
    separator,
    settings,
    separator,
    { role: 'services' },
    separator,
    { role: 'hide' },
    { role: 'hideOthers' },
    { role: 'unhide' },
    separator,
    { role: 'quit' },
  ],
});

const recentItems = ({ recent, openRecent, clearRecent }: MenuContext): Item[] => [
  // An ampersand alone would underline what follows it.
  ...recent.map((file): Item => ({ label: file.replaceAll('&', '&&'), click: () => openRecent(file) })),
  separator,
  { label: 'Clear the list', click: () => clearRecent() },
];

const viewItems = (context: MenuContext): Item[] => [
  {
    label: 'Theme',
    submenu: themes.map((theme) => ({
      label: themeNames[theme],
      type: 'radio',
      checked: context.theme === theme,
      click() {
        context.setTheme(theme);
        // The page keeps it among the settings.
        context.ask(`theme-${theme}`);
      },
    })),
  },
  separator,
  { role: 'resetZoom' },
  { role: 'zoomIn' },
  { role: 'zoomOut' },
  separator,
  { role: 'togglefullscreen' },
  { role: 'reload' },
  ...(context.isPackaged ? [] : [{ role: 'toggleDevTools' } satisfies Item]),
];

interface MenuLike<Menu> {
  buildFromTemplate(template: Item[]): Menu;
  setApplicationMenu(menu: Menu): void;
}

/** Shows the menu as its context is at that moment: once the program is ready, and again whenever the context has changed. */
export const menuShower =
  <Menu>(menu: MenuLike<Menu>, context: () => MenuContext) =>
  (): void =>
    menu.setApplicationMenu(menu.buildFromTemplate(menuTemplate(context())));
