import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecentRecipes } from '../../../electron/main/recent-recipes.ts';
import { DesktopTheme } from '../../../electron/main/theme.ts';
import { placeWindow, WindowStateFile } from '../../../electron/main/window-state.ts';
import { workAreas } from '../../../electron/main/work-areas.ts';

describe('WindowStateFile', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'window-state-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gives back what was kept, in another process', () => {
    const file = path.join(folder, 'deep', 'window-state.json');
    new WindowStateFile(file).update({
      width: 1500,
      position: { x: 7, y: 9 },
      maximized: true,
      theme: 'dark',
    });
    expect(new WindowStateFile(file).state).toEqual({
      width: 1500,
      height: 860,
      position: { x: 7, y: 9 },
      maximized: true,
      theme: 'dark',
      recent: [],
    });
  });

  it('keeps recent recipes, which the system and the menu are given as well', () => {
    const file = path.join(folder, 'window-state.json');
    const done: string[] = [];
    const recent = new RecentRecipes({
      system: {
        addRecentDocument: (added) => done.push(`add ${added}`),
        clearRecentDocuments: () => done.push('clear'),
      },
      state: new WindowStateFile(file),
      onChange: () => done.push('menu'),
    });
    for (const opened of ['/a.distill', '/images.zip', '/b.distill.json']) recent.add(opened);
    expect(done).toEqual(['add /a.distill', 'menu', 'add /b.distill.json', 'menu']);
    expect(recent.files).toEqual(['/b.distill.json', '/a.distill']);
    expect(new WindowStateFile(file).state.recent).toEqual(recent.files);
    recent.clear();
    expect(done.slice(-2)).toEqual(['clear', 'menu']);
    expect(new WindowStateFile(file).state.recent).toEqual([]);
  });

  it('keeps the theme, and repaints the windows with it', () => {
    const file = path.join(folder, 'window-state.json');
    const done: string[] = [];
    const make = () => {
      let updated = (): void => undefined;
      const native = {
        themeSource: 'system' as const,
        shouldUseDarkColors: false,
        on: (_event: string, listener: () => void) => (updated = listener),
      };
      const theme = new DesktopTheme({
        native,
        state: new WindowStateFile(file),
        paint: (isDark) => done.push(isDark ? 'dark' : 'light'),
        onChange: () => done.push('menu'),
      });
      theme.start();
      return { native, theme, update: () => updated() };
    };
    make().theme.choose('dark');
    const later = make();
    expect(later.native.themeSource).toBe('dark');
    later.native.shouldUseDarkColors = true;
    later.update();
    expect(done).toEqual(['menu', 'dark']);
  });

  it('keeps the last ten recipes, each once, the newest first', () => {
    const file = path.join(folder, 'window-state.json');
    const state = new WindowStateFile(file);
    for (let i = 0; i < 12; i++) state.opened(`/${i}.distill`);
    state.opened('/5.distill');
    expect(new WindowStateFile(file).state.recent).toEqual(
      [5, 11, 10, 9, 8, 7, 6, 4, 3, 2].map((i) => `/${i}.distill`),
    );
  });

  it.each(['', '{', '[]', '{"width": "wide"}', '{"width": 1e9}', '{"theme": "pink"}'])(
    'takes a file with %j for none',
    (content) => {
      const file = path.join(folder, 'window-state.json');
      writeFileSync(file, content);
      expect(new WindowStateFile(file).state).toMatchObject({ width: 1280, position: null, theme: 'system' });
    },
  );

  it('does not fail where it cannot write', () => {
    const file = path.join(folder, 'in-the-way');
    writeFileSync(file, 'a file');
    const state = new WindowStateFile(path.join(file, 'window-state.json'));
    state.update({ width: 1100 });
    expect(state.state.width).toBe(1100);
    expect(readFileSync(file, 'utf8')).toBe('a file');
  });
});

describe('placeWindow', () => {
  const left = { x: 0, y: 0, width: 1920, height: 1040 };
  const right = { x: 1920, y: 0, width: 2560, height: 1400 };
  const size = { width: 1280, height: 860 };

  it('keeps a place on either screen', () => {
    expect(placeWindow({ ...size, position: { x: 100, y: 50 } }, [left, right])).toEqual({
      ...size,
      x: 100,
      y: 50,
    });
    expect(placeWindow({ ...size, position: { x: 2500, y: 50 } }, [left, right])).toEqual({
      ...size,
      x: 2500,
      y: 50,
    });
  });

  it.each([
    ['its screen was unplugged', { x: 2500, y: 50 }],
    ['its title bar is above the screen', { x: 100, y: -30 }],
    ['its title bar is below the screen', { x: 100, y: 1030 }],
    ['too little of it reaches in from the left', { x: -1220, y: 50 }],
    ['too little of it reaches in from the right', { x: 1850, y: 50 }],
  ])('centres it where %s', (_why, position) => {
    expect(placeWindow({ ...size, position }, [left])).toEqual(size);
  });

  it('is never larger than the screen nor smaller than the layout bears', () => {
    expect(placeWindow({ width: 5000, height: 3000, position: null }, [left])).toEqual({
      width: 1920,
      height: 1040,
    });
    expect(placeWindow({ width: 10, height: 10, position: null }, [left])).toEqual({
      width: 1024,
      height: 700,
    });
    expect(
      placeWindow({ width: 1280, height: 860, position: null }, [{ x: 0, y: 0, width: 800, height: 600 }]),
    ).toEqual({ width: 1024, height: 700 });
  });

  it('opens without any screen', () => {
    expect(placeWindow({ ...size, position: { x: 1, y: 1 } }, [])).toEqual(size);
  });
});

it('gives every work area once, that of the main screen first', () => {
  const area = (x: number) => ({ x, y: 0, width: 100, height: 100 });
  const displays = [3, 1, 2].map((id) => ({ id, workArea: area(id) }));
  const screen = { getAllDisplays: () => displays, getPrimaryDisplay: () => ({ id: 1, workArea: area(1) }) };
  expect(workAreas(screen).map(({ x }) => x)).toEqual([1, 3, 2]);
});
