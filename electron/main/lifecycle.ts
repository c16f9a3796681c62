import { canOpen, requestedPaths } from './open-requests.ts';

export interface LifecycleApp {
  readonly isPackaged: boolean;
  requestSingleInstanceLock(): boolean;
  quit(): void;
  on(
    event: 'second-instance',
    listener: (event: unknown, argv: string[], workingDirectory: string) => void,
  ): unknown;
  on(event: 'open-file', listener: (event: { preventDefault(): void }, path: string) => void): unknown;
  on(event: 'activate' | 'window-all-closed', listener: () => void): unknown;
}

export interface LifecycleOptions {
  app: LifecycleApp;
  platform: NodeJS.Platform;
  argv: readonly string[];
  cwd: string;
  /** Shows a window, a new one where there is none. */
  focus: () => void;
  /** Opens a recipe or dataset in the window in front. */
  openPath: (path: string) => void;
  canOpen?: (path: string) => boolean;
}

/**
 * One instance of the program, and what the system asks of it. Returns null where another instance runs already (this one is quitting:
 * do nothing more); else what to call once windows can be opened.
 */
export function setupLifecycle(options: LifecycleOptions): { ready(): void } | null {
  const { app, platform, argv, cwd, focus, openPath } = options;
  const isOpenable = options.canOpen ?? canOpen;
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return null;
  }
  // macOS names the double-clicked file before the program is ready.
  const early: string[] = [];
  let isReady = false;
  const request = (path: string): void => {
    if (!isOpenable(path)) return;
    if (isReady) openPath(path);
    else early.push(path);
  };
  app.on('open-file', (event, path) => {
    event.preventDefault();
    request(path);
  });
  app.on('second-instance', (_event, words, folder) => {
    if (isReady) focus();
    requestedPaths(words, folder, app.isPackaged).forEach(request);
  });
  app.on('activate', () => {
    if (isReady) focus();
  });
  app.on('window-all-closed', () => {
    if (platform !== 'darwin') app.quit();
  });
  return {
    ready() {
      isReady = true;
      focus();
      for (const path of [...early.splice(0), ...requestedPaths(argv, cwd, app.isPackaged)]) openPath(path);
    },
  };
}
