import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { desktopCalls, type DesktopCall } from '../../../electron/contract/desktop.ts';
import { callChannel } from '../../../electron/contract/desktop-channels.ts';

/** The entry, with every object of Electron replaced: that all parts are put together, in the right order. */

const fake = await vi.hoisted(async () => {
  const { EventEmitter } = await import('node:events');
  const done: string[] = [];
  const handled = new Map<string, (event: unknown, input: unknown) => Promise<unknown>>();
  const nothing = () => undefined;
  const emitter = <More extends object>(more: More) => Object.assign(new EventEmitter(), more);
  const windows: InstanceType<typeof BrowserWindow>[] = [];
  let ready = (): void => undefined;

  class BrowserWindow extends EventEmitter {
    static fromWebContents = () => windows[0];
    readonly webContents = emitter({
      id: 1,
      send: nothing,
      reload: nothing,
      isDestroyed: () => false,
      postMessage: nothing,
    });
    readonly options: object;
    constructor(options: object) {
      super();
      this.options = options;
      windows.push(this);
      done.push('window');
    }
    loadURL(url: string): Promise<void> {
      done.push(`load ${url}`);
      return Promise.resolve();
    }
    isDestroyed = () => false;
    isMinimized = () => false;
    isMaximized = () => false;
    isFocused = () => true;
    getNormalBounds = () => ({ x: 0, y: 0, width: 1280, height: 860 });
    focus = nothing;
    show = nothing;
  }
  const noPort = () =>
    Object.assign(new EventEmitter(), { postMessage: nothing, start: nothing, close: nothing });
  return {
    done,
    handled,
    windows,
    folder: '',
    begin: () => ready(),
    electron: {
      app: emitter({
        isPackaged: true,
        setName: nothing,
        setAppUserModelId: nothing,
        getPath: () => fake.folder,
        requestSingleInstanceLock: () => true,
        quit: () => done.push('quit'),
        clearRecentDocuments: () => done.push('forget'),
        addRecentDocument: (file: string) => done.push(`recent ${file}`),
        whenReady: () => new Promise<void>((resolve) => (ready = resolve)),
      }),
      autoUpdater: emitter({ setFeedURL: nothing, checkForUpdates: nothing, quitAndInstall: nothing }),
      BrowserWindow,
      dialog: {
        showOpenDialog: () => Promise.resolve({ canceled: false, filePaths: ['/data/a.distill'] }),
        showMessageBox: () => Promise.resolve({ response: 1 }),
      },
      ipcMain: {
        handle: (channel: string, listener: (event: unknown, input: unknown) => Promise<unknown>) =>
          handled.set(channel, listener),
      },
      Menu: { buildFromTemplate: (items: unknown) => items, setApplicationMenu: () => done.push('menu') },
      MessageChannelMain: class {
        port1 = noPort();
        port2 = noPort();
      },
      nativeTheme: emitter({ themeSource: 'system', shouldUseDarkColors: false }),
      Notification: { isSupported: () => false },
      powerSaveBlocker: { start: () => 1, stop: nothing },
      protocol: {
        registerSchemesAsPrivileged: () => done.push('schemes'),
        handle: (scheme: string) => done.push(`protocol ${scheme}`),
      },
      screen: {
        getPrimaryDisplay: () => ({ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } }),
        getAllDisplays: () => [{ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } }],
      },
      session: {
        defaultSession: {
          setPermissionRequestHandler: () => done.push('permissions'),
          setPermissionCheckHandler: nothing,
          setDevicePermissionHandler: nothing,
          setDisplayMediaRequestHandler: nothing,
          webRequest: { onBeforeRequest: () => done.push('requests') },
        },
      },
      shell: { showItemInFolder: (file: string) => done.push(`reveal ${file}`) },
      utilityProcess: {
        fork: () => {
          done.push('engine');
          return emitter({ stdout: null, stderr: null, pid: undefined, postMessage: nothing, kill: nothing });
        },
      },
    },
  };
});
vi.mock('electron', () => fake.electron);

describe('the main process', () => {
  beforeAll(async () => {
    fake.folder = mkdtempSync(path.join(tmpdir(), 'main-'));
    vi.stubEnv('DISTILL_HOME', fake.folder);
    vi.useFakeTimers();
    await import('../../../electron/main/index.ts');
  });
  afterAll(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    rmSync(fake.folder, { recursive: true, force: true });
  });

  const call = (name: DesktopCall, input: unknown) =>
    fake.handled.get(callChannel(name))!(
      {
        senderFrame: { url: 'app://studio/', origin: 'app://studio', parent: null },
        sender: fake.windows[0]!.webContents,
      },
      input,
    );

  it('declares its protocol before Electron is ready, and does nothing else', () => {
    expect(fake.done).toEqual(['schemes']);
    expect(fake.electron.app.listenerCount('web-contents-created')).toBe(1);
  });

  it('guards, then shows its window, then starts the engine', async () => {
    fake.begin();
    await vi.advanceTimersByTimeAsync(1);
    expect(fake.done).toEqual([
      'schemes',
      'permissions',
      'requests',
      'protocol app',
      'menu',
      'window',
      'load app://studio/',
      'engine',
    ]);
    expect(fake.windows[0]!.options).toMatchObject({
      webPreferences: { sandbox: true, contextIsolation: true },
    });
  });

  it('loads nothing that computes, so that nothing of it keeps the window waiting', async () => {
    const { metafile } = await build({
      entryPoints: [path.resolve('electron/main/index.ts')],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
    });
    const packages = Object.values(metafile.outputs)
      .flatMap(({ imports }) => imports.map((each) => each.path))
      .filter((name) => !name.startsWith('node:'));
    expect([...new Set(packages)].sort()).toEqual(['electron', 'zod']);
  });

  it('answers every call of the preload', async () => {
    expect([...fake.handled.keys()]).toHaveLength(Object.keys(desktopCalls).length);
    expect(await call('engineStatus', null)).toEqual({ value: { state: 'starting', error: null } });
    expect(await call('pick', { kind: 'file', title: '' })).toEqual({ value: '/data/a.distill' });
    expect(fake.done.slice(-2)).toEqual(['recent /data/a.distill', 'menu']);
    await call('setTheme', 'dark');
    expect(fake.electron.nativeTheme.themeSource).toBe('dark');
    expect(fake.done.at(-1)).toBe('menu');
    await call('reveal', fake.folder);
    expect(fake.done.at(-1)).toBe(`reveal ${fake.folder}`);
    await call('requestPort', null);
    await call('restartEngine', null);
  });

  it('opens files in the window that is there', () => {
    const prevented = vi.fn();
    fake.electron.app.emit('open-file', { preventDefault: prevented }, fake.folder);
    expect(prevented).toHaveBeenCalled();
    expect(fake.windows).toHaveLength(1);
  });

  it('asks for quitting when its last window closes', () => {
    const prevented = vi.fn();
    fake.windows[0]!.emit('close', { preventDefault: prevented });
    expect(prevented).toHaveBeenCalledTimes(process.platform === 'darwin' ? 0 : 1);
    if (process.platform !== 'darwin') expect(fake.done.at(-1)).toBe('quit');
  });
});
