import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WindowStateFile } from '../../../electron/main/window-state.ts';
import { Windows } from '../../../electron/main/windows.ts';
import { FakeWindow } from './fake-window.ts';

describe('Windows', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'windows-'));
    file = path.join(folder, 'window-state.json');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function make({ isDark = false, mayCloseLast = (): boolean => true } = {}) {
    const made: FakeWindow[] = [];
    const log: string[] = [];
    const windows = new Windows({
      create(options) {
        const window = new FakeWindow(options);
        made.push(window);
        return window;
      },
      state: new WindowStateFile(file),
      screens: () => [{ x: 0, y: 0, width: 1920, height: 1080 }],
      isDark: () => isDark,
      preload: '/app/preload/index.cjs',
      mayCloseLast,
      log: (message) => void log.push(message),
    });
    return { windows, made, log };
  }

  it('shows a window when its page has painted, on its own background', () => {
    const { windows } = make({ isDark: true });
    const window = windows.open();
    expect(window.options).toMatchObject({
      show: false,
      backgroundColor: '#0f172b',
      minWidth: 1024,
      minHeight: 700,
    });
    expect(window.url).toBe('app://studio/');
    expect(window.calls).toEqual([]);
    window.emit('ready-to-show');
    expect(window.calls).toEqual(['show']);
    windows.paint(false);
    expect(window.color).toBe('#ffffff');
  });

  it('opens where and how the last window was closed', () => {
    const first = make().windows.open();
    first.maximized = true;
    first.tryClose();
    const again = make().windows.open();
    expect(again.options).toMatchObject({ x: 5, y: 6, width: 1111, height: 777 });
    // It would show the window, before there is something to see.
    expect(again.isMaximized()).toBe(false);
    again.emit('ready-to-show');
    expect(again.isMaximized()).toBe(true);
  });

  it('keeps what a page is asked for until it has loaded, also across a reload', () => {
    const { windows } = make();
    const window = windows.open();
    windows.ask('open:/data/a.distill');
    windows.ask('settings');
    expect(window.webContents.sent).toEqual([]);
    window.webContents.emit('did-finish-load');
    expect(window.webContents.sent).toEqual([
      ['distill:menu', 'open:/data/a.distill'],
      ['distill:menu', 'settings'],
    ]);
    const { sent } = window.webContents;
    const navigate = (isMainFrame: boolean, isSameDocument: boolean) =>
      window.webContents.emit('did-start-navigation', { isMainFrame, isSameDocument });
    navigate(true, false);
    windows.ask('library');
    expect(sent).toHaveLength(2);
    window.webContents.emit('did-finish-load');
    expect(sent.at(-1)).toEqual(['distill:menu', 'library']);
    // Another address of the same page, and what a frame shows.
    navigate(true, true);
    navigate(false, false);
    windows.ask('settings');
    expect(sent.at(-1)).toEqual(['distill:menu', 'settings']);
    // A download: the page stays.
    navigate(true, false);
    windows.ask('about');
    window.webContents.emit('did-stop-loading');
    expect(sent.at(-1)).toEqual(['distill:menu', 'about']);
  });

  it('loads a page again whose process died, three times and no more', () => {
    const { windows, log } = make();
    const window = windows.open();
    window.webContents.emit('did-finish-load');
    const die = (reason: string) =>
      window.webContents.emit('render-process-gone', {}, { reason, exitCode: 9 });
    die('clean-exit');
    expect(window.webContents.reloads).toBe(0);
    die('oom');
    expect(window.webContents.reloads).toBe(1);
    windows.ask('library');
    expect(window.webContents.sent).toEqual([]);
    window.webContents.emit('did-finish-load');
    expect(window.webContents.sent).toEqual([['distill:menu', 'library']]);
    for (let crash = 0; crash < 5; crash++) die('crashed');
    expect(window.webContents.reloads).toBe(3);
    expect(log[0]).toBe("The page's process is gone (oom, 9); it is loaded again.");
    expect(log.at(-1)).toContain('not loaded again');
  });

  it('brings the window in front, or opens one where there is none', () => {
    const { windows, made } = make();
    windows.focus();
    expect(made).toHaveLength(1);
    made[0]!.minimized = true;
    windows.focus();
    expect(made).toHaveLength(1);
    expect(made[0]!.minimized).toBe(false);
    expect(windows.hasFocus()).toBe(true);
  });

  it('asks before the last window closes, not before others do', () => {
    let isAllowed = false;
    const { windows } = make({ mayCloseLast: () => isAllowed });
    const [a, b] = [windows.open(), windows.open()];
    expect(a.tryClose()).toBe(true);
    expect(b.tryClose()).toBe(false);
    isAllowed = true;
    expect(b.tryClose()).toBe(true);
    expect(windows.all()).toEqual([]);
  });

  it('notifies all windows', () => {
    const { windows } = make();
    const both = [windows.open(), windows.open()];
    windows.broadcast('distill:engine', { state: 'up' });
    for (const { webContents } of both)
      expect(webContents.sent).toEqual([['distill:engine', { state: 'up' }]]);
  });
});
