import { EventEmitter } from 'node:events';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { setupLifecycle } from '../../../electron/main/lifecycle.ts';
import { isRecipeFile } from '../../../electron/contract/recipe-file.ts';
import { canOpen, requestedPaths } from '../../../electron/main/open-requests.ts';

const kinds: Record<string, 'file' | 'folder'> = {
  '/d/a.distill': 'file',
  '/d/b.distill.json': 'file',
  '/d/plain.json': 'file',
  '/d/data.zip': 'file',
  '/d/readme.txt': 'file',
  '/d/images': 'folder',
  '/d/app': 'folder',
};
const kindOf = (file: string) => kinds[file.replaceAll(path.sep, '/').replace(/^[A-Z]:/, '')] ?? null;

class FakeApp extends EventEmitter {
  isPackaged = true;
  isFirst = true;
  quits = 0;
  requestSingleInstanceLock = () => this.isFirst;
  quit(): void {
    this.quits++;
  }
}

interface Options {
  platform?: NodeJS.Platform;
  isFirst?: boolean;
}

function make({ platform = 'linux', isFirst = true }: Options = {}) {
  const app = new FakeApp();
  app.isFirst = isFirst;
  const done: string[] = [];
  const lifecycle = setupLifecycle({
    app,
    platform,
    argv: ['distill-studio'],
    cwd: '/d',
    focus: () => void done.push('focus'),
    openPath: (file) => void done.push(`open ${file}`),
    canOpen: (file) => canOpen(file, kindOf),
  });
  return { app, done, lifecycle };
}

describe('what is opened', () => {
  it('is recipes by their ending', () => {
    expect(['/a.distill', '/a.distill.json', '/A.DISTILL'].map(isRecipeFile)).toEqual([true, true, true]);
    expect(['/a.json', '/a.distill.txt', '/distill'].map(isRecipeFile)).toEqual([false, false, false]);
  });

  it('is a recipe that is gone as well: the window says so', () => {
    expect(canOpen('/d/gone.distill', kindOf)).toBe(true);
    expect(canOpen('/d/gone.json', kindOf)).toBe(false);
  });

  it('is recipes, zips and folders on the command line, wherever it was typed', () => {
    const argv = [
      'distill-studio',
      '--no-sandbox',
      'a.distill',
      '/d/data.zip',
      'images',
      'readme.txt',
      'none.json',
    ];
    expect(requestedPaths(argv, '/d', true, kindOf)).toEqual(
      ['/d/a.distill', '/d/data.zip', '/d/images'].map((file) => path.resolve(file)),
    );
    const addresses = [
      'file:///d/a.distill',
      'FILE:///d/im%61ges',
      'file://elsewhere/d/a.distill',
      'file:///d/%',
    ];
    // File managers of Linux; on Windows a path has a drive.
    if (process.platform !== 'win32')
      expect(requestedPaths(['distill-studio', ...addresses], '/', true, kindOf)).toEqual([
        '/d/a.distill',
        '/d/images',
      ]);
    expect(requestedPaths(['electron', '/d/app', '/d/plain.json'], '/', false, kindOf)).toEqual([
      path.resolve('/d/plain.json'),
    ]);
  });
});

describe('the life of the program', () => {
  it('ends at once where another instance runs', () => {
    const { app, lifecycle } = make({ isFirst: false });
    expect(lifecycle).toBeNull();
    expect(app.quits).toBe(1);
    expect(app.listenerCount('second-instance')).toBe(0);
  });

  it('opens what a second start asked for in the first window', () => {
    const { app, done, lifecycle } = make();
    lifecycle!.ready();
    app.emit('second-instance', {}, ['distill-studio', '/etc/none', '--flag'], '/d');
    expect(done).toEqual(['focus', 'focus']);
    app.emit('second-instance', {}, ['distill-studio', 'a.distill'], '/d');
    expect(done.slice(2)).toEqual(['focus', `open ${path.resolve('/d/a.distill')}`]);
  });

  it('keeps files that macOS names before the program is ready', () => {
    const { app, done, lifecycle } = make({ platform: 'darwin' });
    let prevented = 0;
    const event = { preventDefault: () => prevented++ };
    app.emit('open-file', event, '/d/a.distill');
    app.emit('open-file', event, '/d/readme.txt');
    expect(done).toEqual([]);
    lifecycle!.ready();
    app.emit('open-file', event, '/d/b.distill.json');
    expect(done).toEqual(['focus', 'open /d/a.distill', 'open /d/b.distill.json']);
    expect(prevented).toBe(3);
  });

  it('ends with the last window, except on macOS, where the dock opens one', () => {
    const linux = make();
    linux.app.emit('window-all-closed');
    expect(linux.app.quits).toBe(1);
    const mac = make({ platform: 'darwin' });
    mac.app.emit('window-all-closed');
    expect(mac.app.quits).toBe(0);
    mac.app.emit('activate');
    expect(mac.done).toEqual([]);
    mac.lifecycle!.ready();
    mac.app.emit('activate');
    expect(mac.done).toEqual(['focus', 'focus']);
  });
});
