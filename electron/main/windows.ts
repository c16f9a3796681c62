import type { BrowserWindowConstructorOptions, WebPreferences } from 'electron';
import { pushChannels } from '../contract/desktop-channels.ts';
import type { MenuAction } from '../contract/desktop.ts';
import { appOrigin } from './origin.ts';
import { placeWindow, smallest, type Rectangle, type WindowStateFile } from './window-state.ts';

/** The page's own background in both themes, so that nothing flashes before it has painted. */
export const backgrounds = { light: '#ffffff', dark: '#0f172b' } as const;

export interface ContentsLike {
  readonly id: number;
  send(channel: string, value: unknown): void;
  reload(): void;
  on(event: 'did-finish-load' | 'did-stop-loading', listener: () => void): unknown;
  on(
    event: 'did-start-navigation',
    listener: (details: { isMainFrame: boolean; isSameDocument: boolean }) => void,
  ): unknown;
  on(
    event: 'render-process-gone',
    listener: (event: unknown, details: { reason: string; exitCode: number }) => void,
  ): unknown;
}

/** What of a BrowserWindow is used. */
export interface WindowLike {
  readonly webContents: ContentsLike;
  loadURL(url: string): Promise<void>;
  show(): void;
  focus(): void;
  maximize(): void;
  restore(): void;
  isMinimized(): boolean;
  isMaximized(): boolean;
  isFocused(): boolean;
  isDestroyed(): boolean;
  getNormalBounds(): Rectangle;
  setProgressBar(fraction: number): void;
  setBackgroundColor(color: string): void;
  on(event: 'close', listener: (event: { preventDefault(): void }) => void): unknown;
  on(event: 'closed', listener: () => void): unknown;
  once(event: 'ready-to-show', listener: () => void): unknown;
}

export interface WindowsOptions<Window extends WindowLike> {
  create: (options: BrowserWindowConstructorOptions) => Window;
  state: WindowStateFile;
  /** The screens' work areas, the main one first. */
  screens: () => Rectangle[];
  isDark: () => boolean;
  /** The preload's file. */
  preload: string;
  icon?: string;
  /** Asked before the last window closes; false keeps it open (after asking the user, for example). */
  mayCloseLast?: () => boolean;
  log: (message: string, thrown?: unknown) => void;
}

/** Every switch of Electron's checklist is set, the defaults too: a default may change. */
export const closedPreferences: WebPreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  // Chromium would fetch its dictionaries from elsewhere.
  spellcheck: false,
};

export const webPreferences = (preload: string): WebPreferences => ({ preload, ...closedPreferences });

/** A page that dies more often than this is not loaded again by itself; "Reload" in the menu does. */
const maxReloads = 3;
const reloadWindowMs = 300_000;

/** The program's windows, which all show the same page. */
export class Windows<Window extends WindowLike> {
  readonly #options: WindowsOptions<Window>;
  readonly #open = new Set<Window>();
  /** What a window is sent when its page has loaded; absent once it has. */
  readonly #waiting = new Map<Window, MenuAction[]>();
  /** When a window's page was loaded again after its process had died. */
  readonly #reloads = new WeakMap<Window, number[]>();

  constructor(options: WindowsOptions<Window>) {
    this.#options = options;
  }

  all(): Window[] {
    return [...this.#open].filter((window) => !window.isDestroyed());
  }

  hasFocus(): boolean {
    return this.all().some((window) => window.isFocused());
  }

  open(): Window {
    const { create, state, screens, isDark, preload, icon, log } = this.#options;
    const isFirst = this.#open.size === 0;
    const { x, y, ...size } = placeWindow(state.state, screens());
    const window = create({
      ...size,
      // A second window would cover the first one exactly.
      ...(isFirst && x !== undefined && y !== undefined && { x, y }),
      minWidth: smallest.width,
      minHeight: smallest.height,
      show: false,
      title: 'Distill Studio',
      backgroundColor: backgrounds[isDark() ? 'dark' : 'light'],
      ...(icon !== undefined && { icon }),
      webPreferences: webPreferences(preload),
    });
    this.#open.add(window);
    this.#waiting.set(window, []);
    const isMaximized = state.state.maximized && isFirst;
    window.once('ready-to-show', () => {
      // It shows the window, too: not before there is something to see.
      if (isMaximized) window.maximize();
      window.show();
    });
    const { webContents } = window;
    webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument && !this.#waiting.has(window)) this.#waiting.set(window, []);
    });
    webContents.on('did-finish-load', () => this.#loaded(window));
    // A navigation that became a download finishes nothing: the page is the old one.
    webContents.on('did-stop-loading', () => this.#loaded(window));
    webContents.on('render-process-gone', (_event, details) => this.#gone(window, details));
    window.on('close', (event) => this.#closing(window, event));
    window.on('closed', () => {
      this.#open.delete(window);
      this.#waiting.delete(window);
    });
    window.loadURL(`${appOrigin}/`).catch((thrown: unknown) => log('The page did not load', thrown));
    return window;
  }

  /** Brings a window to the front, a new one where there is none. */
  focus(): Window {
    const window = this.all().find((one) => one.isFocused()) ?? this.all().at(-1) ?? this.open();
    if (window.isMinimized()) window.restore();
    window.focus();
    return window;
  }

  /** Asks the window in front for something, as soon as its page has loaded. */
  ask(action: MenuAction): void {
    const window = this.focus();
    const waiting = this.#waiting.get(window);
    if (waiting) waiting.push(action);
    else window.webContents.send(pushChannels.menu, action);
  }

  /** Sends a message to every window. */
  broadcast(channel: string, value: unknown): void {
    for (const { webContents } of this.all()) webContents.send(channel, value);
  }

  paint(isDark: boolean): void {
    for (const window of this.all()) window.setBackgroundColor(backgrounds[isDark ? 'dark' : 'light']);
  }

  #loaded(window: Window): void {
    const waiting = this.#waiting.get(window) ?? [];
    this.#waiting.delete(window);
    for (const action of waiting) window.webContents.send(pushChannels.menu, action);
  }

  /** A page whose process died is reloaded, but not for ever: it may be the page itself that kills it. */
  #gone(window: Window, { reason, exitCode }: { reason: string; exitCode: number }): void {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const now = performance.now();
    const reloads = (this.#reloads.get(window) ?? []).filter((time) => now - time < reloadWindowMs);
    const isLast = reloads.length >= maxReloads;
    this.#options.log(
      `The page's process is gone (${reason}, ${exitCode}); it is ${isLast ? 'not loaded again' : 'loaded again'}.`,
    );
    if (isLast) return;
    this.#reloads.set(window, [...reloads, now]);
    if (!this.#waiting.has(window)) this.#waiting.set(window, []);
    window.webContents.reload();
  }

  #closing(window: Window, event: { preventDefault(): void }): void {
    const { x, y, width, height } = window.getNormalBounds();
    this.#options.state.update({ width, height, position: { x, y }, maximized: window.isMaximized() });
    if (this.all().length === 1 && this.#options.mayCloseLast?.() === false) event.preventDefault();
  }
}
