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
  type WebContents,
} from 'electron';
import { logsFolder } from '../platform/home.ts';
import { packageRoot } from '../platform/resources.ts';
import { fileLog } from '../host/log-file.ts';
import { fileRoots } from '../host/roots.ts';
import { pauseRun } from './active-runs.ts';
import { confirm, type Ask } from './confirm.ts';
import { desktopHandlers } from './desktop-handlers.ts';
import { setupEnginePorts } from './engine-ports.ts';
import { linkOpener } from './external-links.ts';
import { setupIpc } from './ipc.ts';
import { lazyEngine } from './lazy-engine.ts';
import { setupLifecycle } from './lifecycle.ts';
import { menuShower } from './menu.ts';
import { Notifications } from './notifications.ts';
import { openLogs, openLogsFromMenu } from './open-logs.ts';
import { pagesHandler } from './pages.ts';
import { schemes, setupProtocol } from './protocol.ts';
import { quitQuestion, setupQuitGuard } from './quit-guard.ts';
import { RecentRecipes } from './recent-recipes.ts';
import { printWindowOptions, Reports } from './reports.ts';
import { RunActivity } from './run-activity.ts';
import { guardSession, setupSecurity } from './security.ts';
import { DesktopTheme } from './theme.ts';
import { logUnexpectedErrors } from './unexpected-errors.ts';
import { setupUpdates, updateFeed } from './updates.ts';
import { WindowStateFile } from './window-state.ts';
import { Windows } from './windows.ts';
import { workAreas } from './work-areas.ts';

/** The desktop program: Electron's own objects, put together with what this folder makes of them. */

const name = 'Distill Studio';
const root = packageRoot();
const { platform } = process;

app.setName(name);
app.setAppUserModelId('studio.distill.app');
const log = fileLog(path.join(logsFolder(), 'desktop.log'));
logUnexpectedErrors(process, log);

const engine = lazyEngine(
  { fork: utilityProcess.fork.bind(utilityProcess), createChannel: () => new MessageChannelMain() },
  log,
);
const { client } = engine;

const lifecycle = setupLifecycle({
  app,
  platform,
  argv: process.argv,
  cwd: process.cwd(),
  focus: () => void windows.focus(),
  openPath,
});

const state = new WindowStateFile(path.join(app.getPath('userData'), 'window-state.json'));
const windows = new Windows({
  create: (options) => new BrowserWindow(options),
  state,
  screens: () => workAreas(screen),
  isDark: () => nativeTheme.shouldUseDarkColors,
  preload: path.join(root, 'dist/electron/preload/index.cjs'),
  // The other systems take it from the program's own file.
  ...(platform === 'linux' && { icon: path.join(root, 'resources/icons/icon.png') }),
  mayCloseLast: () => guard.mayCloseLastWindow(),
  log,
});

const recent = new RecentRecipes({ system: app, state, onChange: () => showMenu() });
function openPath(file: string): void {
  recent.add(file);
  windows.ask(`open:${file}`);
}

const ask: Ask = (question) =>
  confirm((options) => dialog.showMessageBox(windows.focus(), options), question);

const guard = setupQuitGuard({
  platform,
  app,
  activeRuns: engine.activeRuns,
  isRunActive: () => activity.isActive,
  ask: async (runs) => ((await ask(quitQuestion(runs))) ? 'pause' : 'stay'),
  pause: (folder) => pauseRun(client(), folder),
  close: engine.close,
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

const theme = new DesktopTheme({
  native: nativeTheme,
  state,
  paint: (isDark) => windows.paint(isDark),
  onChange: () => showMenu(),
});

const openInSystem = (file: string): Promise<string> => shell.openPath(file);

const showMenu = menuShower(Menu, () => ({
  platform,
  isPackaged: app.isPackaged,
  isRunActive: activity.isActive,
  theme: theme.chosen,
  ask: (action) => windows.ask(action),
  openWindow: () => void windows.open(),
  openLogs: () => openLogsFromMenu(openInSystem, (title, text) => dialog.showErrorBox(title, text)),
  setTheme: (chosen) => theme.choose(chosen),
  recent: recent.files,
  openRecent: openPath,
  clearRecent: () => recent.clear(),
}));

function ready(): void {
  guardSession(session.defaultSession, log);
  const roots = fileRoots(client);
  setupProtocol(protocol, pagesHandler({ root, client, roots }), log);
  theme.start();
  showMenu();
  // The window first: it paints while the engine loads.
  lifecycle?.ready();
  const ports = setupEnginePorts<MessagePortMain>(engine.supervisor(), (channel, status) =>
    windows.broadcast(channel, status),
  );
  setupIpc(
    ipcMain,
    desktopHandlers<WebContents>({
      engine: engine.supervisor,
      ports,
      dialogs(page) {
        const window = BrowserWindow.fromWebContents(page) ?? windows.focus();
        return {
          showOpen: (options) => dialog.showOpenDialog(window, options),
          showSave: (options) => dialog.showSaveDialog(window, options),
        };
      },
      recent,
      showInFolder: (file) => shell.showItemInFolder(file),
      reports: new Reports({
        roots,
        openPath: openInSystem,
        createPrintWindow: () => new BrowserWindow(printWindowOptions),
      }),
      openLogs: () => openLogs(openInSystem),
      activity,
      theme,
    }),
    log,
  );
  setupUpdates({
    feed: updateFeed(root),
    // Squirrel.Mac's; docs/packaging.md has what the other platforms need.
    updater: platform === 'darwin' ? autoUpdater : null,
    ask,
    settle: () => guard.settle(),
    log,
  });
}

if (lifecycle) {
  protocol.registerSchemesAsPrivileged(schemes);
  setupSecurity(app, linkOpener({ open: (url) => shell.openExternal(url), ask, log }), log);
  app
    .whenReady()
    .then(ready)
    .catch((thrown: unknown) => {
      log('The program could not start', thrown);
      dialog.showErrorBox(`${name} could not start`, `What went wrong is in ${logsFolder()}.`);
      app.exit(1);
    });
}
