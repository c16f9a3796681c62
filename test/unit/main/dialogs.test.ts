import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pick, revealable } from '../../../electron/main/dialogs.ts';
import { setupUpdates } from '../../../electron/main/updates.ts';

function make(answer: { canceled: boolean; filePaths: string[]; filePath: string }) {
  const asked: [string, object][] = [];
  return {
    asked,
    dialogs: {
      showOpen: (options: object) => {
        asked.push(['open', options]);
        return Promise.resolve(answer);
      },
      showSave: (options: object) => {
        asked.push(['save', options]);
        return Promise.resolve(answer);
      },
    },
  };
}

describe('pick', () => {
  const chosen = { canceled: false, filePaths: ['/a/b.pth'], filePath: '/a/new.distill.json' };

  it('asks for a file with its endings, and any file', async () => {
    const { asked, dialogs } = make(chosen);
    const extensions = ['pth', 'distill.json', 'json'];
    expect(await pick(dialogs, { kind: 'file', title: 'Weights', extensions, startAt: '/a' })).toBe(
      '/a/b.pth',
    );
    expect(asked).toMatchObject([
      [
        'open',
        {
          title: 'Weights',
          defaultPath: '/a',
          properties: ['openFile'],
          filters: [
            { name: '.pth, .json', extensions: ['pth', 'json'] },
            { name: 'All files', extensions: ['*'] },
          ],
        },
      ],
    ]);
  });

  it('asks for a folder', async () => {
    const { asked, dialogs } = make(chosen);
    await pick(dialogs, { kind: 'folder', title: 'Images' });
    expect(asked).toMatchObject([
      ['open', { properties: ['openDirectory', 'createDirectory'], filters: [] }],
    ]);
    expect(asked[0]![1]).not.toHaveProperty('defaultPath');
  });

  it('asks where to save, before a file is overwritten', async () => {
    const { asked, dialogs } = make(chosen);
    expect(await pick(dialogs, { kind: 'save', title: 'Save', startAt: 'new.distill.json' })).toBe(
      '/a/new.distill.json',
    );
    expect(asked[0]![1]).toMatchObject({ properties: ['createDirectory', 'showOverwriteConfirmation'] });
  });

  it('gives null where the dialog was dismissed', async () => {
    const { dialogs } = make({ canceled: true, filePaths: [], filePath: '' });
    for (const kind of ['file', 'folder', 'save'] as const)
      expect(await pick(dialogs, { kind, title: '' })).toBeNull();
  });
});

describe('revealable', () => {
  it('shows only what is there, on this machine', () => {
    const here = path.resolve('/a/b');
    expect(revealable(here, () => true)).toBe(here);
    expect(() => revealable(here, () => false)).toThrow('is not there');
    for (const file of ['a/b', '//server/share/a', '\\\\server\\share', 'file:///a'])
      expect(() => revealable(file, () => true)).toThrow('is not there');
  });
});

describe('updates', () => {
  function make(feed: string | null, { isWanted = true, isSettled = true, has = true } = {}) {
    const done: string[] = [];
    const listeners = new Map<string, (error: Error) => void>();
    setupUpdates({
      feed,
      updater: has
        ? {
            setFeedURL: ({ url }) => void done.push(`feed ${url}`),
            checkForUpdates: () => done.push('look'),
            quitAndInstall: () => void done.push('install'),
            on: (event: string, listener: (error: Error) => void) => listeners.set(event, listener),
          }
        : null,
      ask: () => Promise.resolve(isWanted),
      settle: () => Promise.resolve(isSettled),
      log: (message) => void done.push(message),
    });
    const arrive = async () => {
      listeners.get('update-downloaded')!(new Error());
      await new Promise((resolve) => setTimeout(resolve, 1));
    };
    return { done, arrive };
  }

  it('are off without a feed, and with one that is not https or a platform that has none', () => {
    expect(make(null).done).toEqual([]);
    expect(make('http://example.org/').done).toEqual([expect.stringContaining('not an https address')]);
    expect(make('https://example.org/', { has: false }).done).toEqual([
      expect.stringContaining('Updates are off'),
    ]);
  });

  it('are installed where the user wants it and no run stands in the way', async () => {
    const wanted = make('https://example.org/feed');
    expect(wanted.done).toEqual(['feed https://example.org/feed', 'look']);
    await wanted.arrive();
    expect(wanted.done).toContain('install');
    for (const options of [{ isWanted: false }, { isSettled: false }]) {
      const other = make('https://example.org/feed', options);
      await other.arrive();
      expect(other.done).not.toContain('install');
    }
  });
});
