import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pick, revealable } from '../../../electron/main/dialogs.ts';

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
