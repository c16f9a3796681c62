import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { menuActions } from '../../../electron/contract/desktop.ts';
import { menuShower, menuTemplate, type MenuContext } from '../../../electron/main/menu.ts';

function context(change: Partial<MenuContext> = {}): MenuContext & { done: string[] } {
  const done: string[] = [];
  return {
    platform: 'linux',
    isPackaged: true,
    isRunActive: false,
    theme: 'system',
    ask: (action) => done.push(`ask ${action}`),
    openWindow: () => done.push('window'),
    openLogs: () => done.push('logs'),
    setTheme: (theme) => done.push(`theme ${theme}`),
    recent: ['/a/cats & dogs.distill', '/b.distill'],
    openRecent: (file) => done.push(`open ${file}`),
    clearRecent: () => done.push('clear'),
    done,
    ...change,
  };
}

const flat = (items: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])]);

/** Clicks whatever carries the label. */
function click(items: MenuItemConstructorOptions[], label: string): void {
  const item = flat(items).find((each) => each.label === label);
  if (!item?.click) throw new Error(`There is no "${label}".`);
  // Our handlers take no notice of what Electron hands them.
  (item.click as () => void)();
}

describe('the menu', () => {
  it.each(['linux', 'win32', 'darwin'] as const)(
    'asks for everything that the page knows, on %s',
    (platform) => {
      const given = context({ platform });
      const items = flat(menuTemplate(given));
      for (const { label, click: handler } of items) if (handler && label) click(items, label);
      const asked = given.done.filter((each) => each.startsWith('ask ')).map((each) => each.slice(4));
      expect(new Set(asked)).toEqual(new Set(menuActions));
      expect(given.done).toContain('logs');
      expect(given.done).toContain('window');
    },
  );

  it.each(['linux', 'win32', 'darwin'] as const)('gives every accelerator once, on %s', (platform) => {
    const accelerators = flat(menuTemplate(context({ platform })))
      .map(({ accelerator }) => accelerator)
      .filter((each) => each !== undefined);
    expect(new Set(accelerators).size).toBe(accelerators.length);
    expect(accelerators).toEqual(
      expect.arrayContaining(['CmdOrCtrl+N', 'CmdOrCtrl+O', 'CmdOrCtrl+,', 'CmdOrCtrl+Shift+P']),
    );
  });

  it("has the application's own menu on macOS only, with quitting there", () => {
    const rolesOf = (platform: NodeJS.Platform) =>
      flat(menuTemplate(context({ platform }))).map(({ role }) => role);
    expect(rolesOf('darwin')).toEqual(
      expect.arrayContaining(['appMenu', 'services', 'quit', 'recentDocuments']),
    );
    expect(rolesOf('win32')).toContain('quit');
    expect(rolesOf('win32')).not.toContain('appMenu');
    expect(menuTemplate(context({ platform: 'darwin' }))[1]!.label).toBe('&File');
  });

  it.each(['linux', 'win32'] as const)(
    'offers the recent recipes on %s; macOS does that itself',
    (platform) => {
      const given = context({ platform });
      const items = menuTemplate(given);
      click(items, '/a/cats && dogs.distill');
      click(items, 'Clear the list');
      expect(given.done).toEqual(['open /a/cats & dogs.distill', 'clear']);
      const none = flat(menuTemplate(context({ platform, recent: [] })));
      expect(none.find(({ label }) => label === 'Open recent')).toMatchObject({ enabled: false });
      expect(flat(menuTemplate(context({ platform: 'darwin' }))).map(({ label }) => label)).not.toContain(
        'Open recent',
      );
    },
  );

  it('says what pausing does now', () => {
    const labels = (isRunActive: boolean) =>
      flat(menuTemplate(context({ isRunActive }))).map(({ label }) => label);
    expect(labels(true)).toContain('Pause run');
    expect(labels(false)).toContain('Resume run');
  });

  it('marks the theme, changes it at once and notifies the page', () => {
    const given = context({ theme: 'dark' });
    const items = menuTemplate(given);
    expect(flat(items).filter(({ checked }) => checked)).toMatchObject([{ label: 'Dark', type: 'radio' }]);
    click(items, 'Light');
    expect(given.done).toEqual(['theme light', 'ask theme-light']);
  });

  it('has developer tools in sources only', () => {
    const roles = (isPackaged: boolean) =>
      flat(menuTemplate(context({ isPackaged }))).map(({ role }) => role);
    expect(roles(true)).not.toContain('toggleDevTools');
    expect(roles(false)).toContain('toggleDevTools');
  });

  it('is shown anew with what has changed', () => {
    const shown: MenuItemConstructorOptions[][] = [];
    let isRunActive = false;
    const show = menuShower(
      { buildFromTemplate: (items) => items, setApplicationMenu: (menu) => shown.push(menu) },
      () => context({ isRunActive }),
    );
    show();
    isRunActive = true;
    show();
    expect(shown.map((items) => flat(items).some(({ label }) => label === 'Pause run'))).toEqual([
      false,
      true,
    ]);
  });
});
