import { describe, expect, it } from 'vitest';
import { desktopCalls, type DesktopCall } from '../../../electron/contract/desktop.ts';
import { callChannel } from '../../../electron/contract/desktop-channels.ts';
import { DistillError } from '../../../electron/contract/errors.ts';
import { desktopHandlers } from '../../../electron/main/desktop-handlers.ts';
import { setupIpc, type CallEvent, type DesktopHandlers } from '../../../electron/main/ipc.ts';
import type { Frame } from '../../../electron/main/origin.ts';

const own: Frame = { url: 'app://studio/runs', origin: 'app://studio', parent: null };

function make() {
  const listeners = new Map<string, (event: CallEvent<string>, input: unknown) => Promise<unknown>>();
  const called: unknown[] = [];
  const logged: string[] = [];
  const note = (name: string) => (input: unknown, sender: string) => {
    called.push([name, input, sender]);
    return undefined;
  };
  const handlers: DesktopHandlers<string> = {
    requestPort: note('requestPort'),
    restartEngine: note('restartEngine'),
    engineStatus: () => ({ state: 'up', error: null }),
    pick: () => Promise.resolve('/picked'),
    reveal: note('reveal'),
    openReport: note('openReport'),
    printReport: () => {
      throw new DistillError('DISK_FULL', 'The disk is full.', 'Free some space.');
    },
    openLogs: () => {
      throw new Error('no logs');
    },
    showRun: note('showRun'),
    setTheme: note('setTheme'),
  };
  setupIpc(
    { handle: (channel: string, listener) => void listeners.set(channel, listener) },
    handlers,
    (message) => logged.push(message),
  );
  const call = (name: DesktopCall, input: unknown, senderFrame: Frame | null = own) =>
    listeners.get(callChannel(name))!({ senderFrame, sender: 'page' }, input);
  return { call, called, logged, channels: [...listeners.keys()] };
}

describe('calls of the preload', () => {
  it('have a channel each', () => {
    expect(make().channels).toEqual(
      Object.keys(desktopCalls).map((name) => callChannel(name as DesktopCall)),
    );
  });

  it('reach the handler with their checked input and sender', async () => {
    const { call, called } = make();
    await call('showRun', { active: true, fraction: 0.5, title: 'a' });
    expect(called).toEqual([['showRun', { active: true, fraction: 0.5, title: 'a' }, 'page']]);
    expect(await call('pick', { kind: 'file', title: 'Weights', extensions: ['pth'] })).toEqual({
      value: '/picked',
    });
    expect(await call('engineStatus', null)).toEqual({ value: { state: 'up', error: null } });
  });

  it.each<[string, Frame | null]>([
    ['a frame that is gone', null],
    ['another origin', { url: 'https://example.org/', origin: 'https://example.org', parent: null }],
    ['another host of our scheme', { url: 'app://evil/', origin: 'app://evil', parent: null }],
    ['a frame within our page', { ...own, parent: own }],
    ['a page that is still about:blank', { url: 'about:blank', origin: 'app://studio', parent: null }],
    ['a sandboxed page of ours', { url: 'app://studio/', origin: 'null', parent: null }],
    ['a name in the address', { url: 'app://x@studio/', origin: 'app://studio', parent: null }],
    ['a look-alike', { url: 'https://app:studio@example.org', origin: 'https://example.org', parent: null }],
  ])('are refused on every channel from %s', async (_from, frame) => {
    const { call, called, logged } = make();
    for (const name of Object.keys(desktopCalls) as DesktopCall[])
      await expect(call(name, null, frame)).rejects.toThrow(`"${name}" was refused`);
    expect(called).toEqual([]);
    expect(logged).toHaveLength(Object.keys(desktopCalls).length);
  });

  it.each<[DesktopCall, unknown]>([
    ['showRun', { active: true, fraction: 2, title: '' }],
    ['showRun', { active: true, fraction: 0, title: '', more: 1 }],
    ['pick', { kind: 'anything', title: '' }],
    ['pick', { kind: 'file', title: '', extensions: ['../x'] }],
    ['reveal', ''],
    ['reveal', { path: '/x' }],
    ['openReport', 'x'.repeat(40_000)],
    ['printReport', null],
    ['setTheme', 'pink'],
    ['requestPort', undefined],
    ['showRun', { active: true, fraction: null, title: 'x'.repeat(501) }],
  ])('%s is refused with %j', async (name, input) => {
    const { call, called } = make();
    await expect(call(name, input)).rejects.toThrow('its input');
    expect(called).toEqual([]);
  });

  it('that fail are logged, and answered with the whole error', async () => {
    const { call, logged } = make();
    expect(await call('openLogs', null)).toMatchObject({ error: { code: 'INTERNAL', message: 'no logs' } });
    expect(await call('printReport', '/runs/a/report.html')).toEqual({
      error: { code: 'DISK_FULL', message: 'The disk is full.', hint: 'Free some space.', retryable: false },
    });
    expect(logged).toEqual(['The call "openLogs" failed', 'The call "printReport" failed']);
  });
});

describe('what the calls do', () => {
  function handlers(picked: string | null) {
    const done: string[] = [];
    const note = (what: string) => (value?: unknown) => void done.push(`${what} ${String(value)}`);
    const result = { canceled: picked === null, filePaths: picked === null ? [] : [picked], filePath: '' };
    const table = desktopHandlers<string>({
      engine: () => ({ status: { state: 'failed', error: null }, restart: note('restart') }),
      ports: { request: note('port for') },
      dialogs: (page) => ({
        showOpen(options) {
          note(`dialog over ${page}:`)(options.title);
          return Promise.resolve(result);
        },
        showSave: () => Promise.resolve(result),
      }),
      recent: { add: note('recent') },
      showInFolder: note('show'),
      reports: {
        open: (file) => {
          note('open')(file);
          return Promise.resolve();
        },
        print: (file) => Promise.resolve(`${file}.pdf`),
      },
      openLogs: () => Promise.resolve(),
      activity: { show: ({ fraction }) => note('run at')(fraction) },
      theme: { choose: note('theme') },
    });
    return { done, table };
  }

  it('a picked file becomes a recent one, a dismissed dialog does not', async () => {
    const { done, table } = handlers('/data/a.distill');
    expect(await table.pick({ kind: 'file', title: 'Recipe' }, 'page')).toBe('/data/a.distill');
    expect(done).toEqual(['dialog over page: Recipe', 'recent /data/a.distill']);
    const dismissed = handlers(null);
    expect(await dismissed.table.pick({ kind: 'file', title: 'Recipe' }, 'page')).toBeNull();
    expect(dismissed.done).toEqual(['dialog over page: Recipe']);
  });

  it('nothing is shown in the file manager that is not there', () => {
    const { done, table } = handlers(null);
    expect(() => table.reveal('/nowhere/at/all', 'page')).toThrow('is not there');
    void table.reveal(import.meta.filename, 'page');
    expect(done).toEqual([`show ${import.meta.filename}`]);
  });

  it('all other calls are passed on', async () => {
    const { done, table } = handlers(null);
    void table.requestPort(null, 'page');
    void table.restartEngine(null, 'page');
    void table.showRun({ active: true, fraction: 0.5, title: 'a' }, 'page');
    void table.setTheme('dark', 'page');
    await table.openReport('/a.html', 'page');
    expect(done).toEqual(['port for page', 'restart undefined', 'run at 0.5', 'theme dark', 'open /a.html']);
    expect(await table.printReport('/a.html', 'page')).toBe('/a.html.pdf');
    expect(table.engineStatus(null, 'page')).toEqual({ state: 'failed', error: null });
  });
});
