import path from 'node:path';
import {
  app,
  autoUpdater,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  Notification,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell,
  utilityProcess,
  type MessagePortMain,
} from 'electron';
import type { Theme } from '../contract/desktop.ts';
import { toErrorValue } from '../contract/errors.ts';
import { isRecipeFile } from '../contract/recipe-file.ts';
import { logsFolder } from '../platform/home.ts';
import { packageRoot } from '../platform/resources.ts';
import { fileLog } from '../host/log-file.ts';
import { fileRoots } from '../host/roots.ts';
import { pauseRun } from './active-runs.ts';
import { confirm, type Question } from './confirm.ts';
import { pick, revealable } from './dialogs.ts';
import { setupEnginePorts } from './engine-ports.ts';
import { openExternally } from './external-links.ts';
import { setupIpc } from './ipc.ts';
import { lazyEngine } from './lazy-engine.ts';
import { setupLifecycle } from './lifecycle.ts';
import { setupMenu } from './menu.ts';
import { Notifications } from './notifications.ts';
import { openLogs } from './open-logs.ts';
import { pagesHandler } from './pages.ts';
import { schemes, setupProtocol } from './protocol.ts';
import { quitQuestion, setupQuitGuard } from './quit-guard.ts';
import { Reports } from './reports.ts';
import { RunActivity } from './run-activity.ts';
import { guardSession, setupSecurity } from './security.ts';
import { setupUpdates, updateFeed } from './updates.ts';
import { WindowStateFile } from './window-state.ts';
import { closedPreferences, Windows } from './windows.ts';

/** The desktop program: Electron's own objects, put together with what this folder makes of them. */

const name = 'Distill Studio';
const root = packageRoot();

app.setName(name);
app.setAppUserModelId('studio.distill.app');
const log = fileLog(path.join(logsFolder(), 'desktop.log'));
process.on('uncaughtException', (thrown) => {
  log('Unexpected error in the main process', thrown);
});
process.on('unhandledRejection', (thrown) => {
  log('Unexpected rejection in the main process', thrown);
});

const engine = lazyEngine(
  { fork: utilityProcess.fork.bind(utilityProcess), createChannel: () => new MessageChannelMain() },
  log,
);
const { client } = engine;

const lifecycle = setupLifecycle({
  app,
  platform: process.platform,
  argv: process.argv,
  cwd: process.cwd(),
  focus: () => void windows.focus(),
  openPath,
});

const state = new WindowStateFile(path.join(app.getPath('userData'), 'window-state.json'));
const windows = new Windows({
  create: (options) => new BrowserWindow(options),
  state,
  screens() {
    const main = screen.getPrimaryDisplay();
    const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
    return [main, ...others].map(({ workArea }) => workArea);
  },
  isDark: () => nativeTheme.shouldUseDarkColors,
  preload: path.join(root, 'dist/electron/preload/index.cjs'),
  // The other systems take it from the program's own file.
  ...(process.platform === 'linux' && { icon: path.join(root, 'resources/icons/icon.png') }),
  mayCloseLast() {
    if (process.platform === 'darwin' || guard.isSettled) return true;
    app.quit();
    return false;
  },
  log,
});

function openPath(file: string): void {
  remember(file);
  windows.ask(`open:${file}`);
}

/** Puts a recipe among the recent ones of the menu and of the system. */
function remember(file: string): void {
  if (!isRecipeFile(file)) return;
  app.addRecentDocument(file);
  state.opened(file);
  showMenu();
}

const guard = setupQuitGuard({
  app,
  // Of one that was started: to be asked it would be.
  activeRuns: async () =>
    engine.started ? (await engine.client().runs.active({})).map(({ folder }) => folder) : [],
  isRunActive: () => activity.isActive,
  ask: async (runs) => ((await asked(quitQuestion(runs))) ? 'pause' : 'stay'),
  pause: (folder) => pauseRun(client(), folder),
  close: async (patienceMs) => engine.started?.close(patienceMs),
  log,
});

const notifications = new Notifications({
  create: (notice) => (Notification.isSupported() ? new Notification(notice) : null),
  isWatched: () => windows.hasFocus(),
});

const activity = new RunActivity({
  client,
  powerSaveBlocker,
  setProgress: (fraction) => windows.all().forEach((window) => window.setProgressBar(fraction)),
  notify: (notice, folder) => notifications.show(notice, () => windows.ask(`run:${folder}`)),
  onChange: () => showMenu(),
  log,
});

const asked = (question: Question): Promise<boolean> =>
  confirm((options) => dialog.showMessageBox(windows.focus(), options), question);

function openLink(address: string): void {
  openExternally(address, {
    open: (url) => shell.openExternal(url),
    confirm: (url) =>
      asked({ message: 'Open this page in your browser?', detail: url, yes: 'Open', no: 'Cancel' }),
    log,
  }).catch((thrown: unknown) => log(`The address ${address} could not be opened`, thrown));
}

const showLogs = (): Promise<undefined> => openLogs((folder) => shell.openPath(folder));

let showMenu = (): void => undefined;
function setTheme(theme: Theme): undefined {
  nativeTheme.themeSource = theme;
  state.update({ theme });
  showMenu();
}

function ready(): void {
  guardSession(session.defaultSession, log);
  const roots = fileRoots(client);
  const reports = new Reports({
    roots,
    openPath: (file) => shell.openPath(file),
    createPrintWindow: () =>
      new BrowserWindow({ show: false, webPreferences: { ...closedPreferences, javascript: false } }),
  });
  setupProtocol(protocol, pagesHandler({ root, client, roots }), log);
  nativeTheme.themeSource = state.state.theme;
  nativeTheme.on('updated', () => windows.paint(nativeTheme.shouldUseDarkColors));
  showMenu = setupMenu(Menu, () => ({
    platform: process.platform,
    isPackaged: app.isPackaged,
    isRunActive: activity.isActive,
    theme: state.state.theme,
    ask: (action) => windows.ask(action),
    openWindow: () => void windows.open(),
    openLogs() {
      showLogs().catch((thrown: unknown) => {
        const { message, hint } = toErrorValue(thrown);
        dialog.showErrorBox(message, hint);
      });
    },
    setTheme,
    recent: state.state.recent,
    openRecent: openPath,
    clearRecent() {
      app.clearRecentDocuments();
      state.update({ recent: [] });
      showMenu();
    },
  }));
  // The window first: it paints while the engine loads.
  lifecycle?.ready();
  const ports = setupEnginePorts<MessagePortMain>(engine.supervisor(), (channel, status) =>
    windows.broadcast(channel, status),
  );
  setupIpc(
    ipcMain,
    {
      requestPort: (_input, page) => {
        ports.request(page);
      },
      engineStatus: () => engine.supervisor().status,
      restartEngine: () => {
        engine.supervisor().restart();
      },
      async pick(request, page) {
        const window = BrowserWindow.fromWebContents(page) ?? windows.focus();
        const picked = await pick(
          {
            showOpen: (options) => dialog.showOpenDialog(window, options),
            showSave: (options) => dialog.showSaveDialog(window, options),
          },
          request,
        );
        if (picked !== null) remember(picked);
        return picked;
      },
      reveal(file) {
        shell.showItemInFolder(revealable(file));
      },
      openReport: async (file) => {
        await reports.open(file);
      },
      printReport: (file) => reports.print(file),
      openLogs: showLogs,
      showRun(run) {
        activity.show(run);
      },
      setTheme,
    },
    log,
  );
  setupUpdates({
    feed: updateFeed(root),
    // Squirrel.Mac's; what the other platforms need is said in docs/packaging.md.
    updater: process.platform === 'darwin' ? autoUpdater : null,
    ask: () =>
      asked({
        message: 'An update is ready.',
        detail: 'It is installed the next time the program starts.',
        yes: 'Restart now',
        no: 'Later',
      }),
    settle: () => guard.settle(),
    log,
  });
}

if (lifecycle) {
  protocol.registerSchemesAsPrivileged(schemes);
  setupSecurity(app, openLink, log);
  app
    .whenReady()
    .then(ready)
    .catch((thrown: unknown) => {
      log('The program could not start', thrown);
      dialog.showErrorBox(`${name} could not start`, `What went wrong is in ${logsFolder()}.`);
      app.exit(1);
    });
}
