import { beforeEach, describe, expect, it } from 'vitest';
import { menuActions, type MenuAction } from '../../../../electron/contract/desktop.ts';
import { handleMenu, menuHandlers, type MenuMeans } from '../../../../renderer/shell/menu.ts';
import { shortcuts } from '../../../../renderer/shell/shortcuts.ts';

let done: unknown[];
beforeEach(() => (done = []));

const means = (
  parts: { screen?: string; picked?: string | null; atWork?: string | null } = {},
): MenuMeans => ({
  screen: () => parts.screen ?? 'library',
  go: (to) => void done.push(to),
  pickRecipe: () => Promise.resolve(parts.picked ?? null),
  setTheme: (theme) => void done.push(`theme ${theme}`),
  atWork: () => parts.atWork ?? null,
  pause: (folder) => void done.push(`pause ${folder}`),
  send: (action) => void done.push(`send ${action}`),
});

async function ask(action: MenuAction, parts: Parameters<typeof means>[0] = {}): Promise<unknown[]> {
  done = [];
  handleMenu(means(parts), action);
  await Promise.resolve();
  return done;
}

describe("the native menu's actions", () => {
  it('all do something in the window', async () => {
    for (const action of menuActions)
      expect(await ask(action, { picked: '/a.distill' }), action).not.toEqual([]);
  });

  it('lead to the screens', async () => {
    expect(await ask('new')).toEqual([{ name: 'wizard', query: { fresh: '1' } }]);
    expect(await ask('about')).toEqual([{ name: 'settings', hash: '#about' }]);
    expect(await ask('diagnostics')).toEqual([{ name: 'settings', hash: '#diagnostics' }]);
    expect(await ask('theme-dark')).toEqual(['theme dark']);
  });

  it('open a recipe that was chosen, or named from outside, in the wizard', async () => {
    expect(await ask('open-recipe', { picked: '/a.distill' })).toEqual([
      { name: 'wizard', query: { open: '/a.distill' } },
    ]);
    expect(await ask('open-recipe')).toEqual([]);
    expect(await ask('open:/b: c.distill')).toEqual([{ name: 'wizard', query: { open: '/b: c.distill' } }]);
  });

  it('show the run of a notification', async () => {
    expect(await ask('run:/runs/a: b')).toEqual([{ name: 'run', query: { folder: '/runs/a: b' } }]);
  });

  it('pause the run that is shown, else the one at work, which is shown then', async () => {
    expect(await ask('pause-resume', { screen: 'run', atWork: '/other' })).toEqual(['send pause-resume']);
    expect(await ask('pause-resume', { atWork: '/r' })).toEqual([
      'pause /r',
      { name: 'run', query: { folder: '/r' } },
    ]);
    expect(await ask('pause-resume')).toEqual([{ name: 'library' }]);
  });
});

it('search is in the library, wherever it is asked for', () => {
  menuHandlers(means()).search();
  menuHandlers(means({ screen: 'run' })).search();
  expect(done).toEqual(['send search', { name: 'library', hash: '#search' }]);
});

it('shortcuts ask for actions that there are, each by a key of its own', () => {
  const actions = Object.keys(menuHandlers(means()));
  expect(actions).toEqual(expect.arrayContaining(shortcuts.map(({ action }) => action)));
  expect(new Set(shortcuts.map(({ key }) => key)).size).toBe(shortcuts.length);
});
