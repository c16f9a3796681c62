import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { callChannel, pushChannels } from '../contract/desktop-channels.ts';
import type {
  DesktopAnswer,
  DesktopBridge,
  DesktopCall,
  DesktopEngineStatus,
  DesktopInput,
  MenuAction,
  CallOutcome,
} from '../contract/desktop.ts';

/** The one door between the window and the main process: named calls, two kinds of news, and the engine's port. */

const call = <Name extends DesktopCall>(
  name: Name,
  input: DesktopInput<Name>,
): Promise<CallOutcome<DesktopAnswer<Name>>> =>
  ipcRenderer.invoke(callChannel(name), input) as Promise<CallOutcome<DesktopAnswer<Name>>>;

/** For calls whose answer nobody waits for: what went wrong is in the main process's log. */
const send = <Name extends DesktopCall>(name: Name, input: DesktopInput<Name>): void =>
  void call(name, input).catch(() => undefined);

const menuListeners = new Set<(action: MenuAction) => void>();
const unheard: MenuAction[] = [];
ipcRenderer.on(pushChannels.menu, (_event, action: MenuAction) => {
  if (menuListeners.size === 0) unheard.push(action);
  for (const listener of menuListeners) listener(action);
});

ipcRenderer.on(pushChannels.port, (event, data: string) => {
  // To this window's own origin alone: an embedded page must not catch the port.
  window.postMessage(data, window.location.origin, [...event.ports]);
});

const bridge: DesktopBridge = {
  platform: process.platform,
  requestPort: () => send('requestPort', null),
  onEngine(listener) {
    let isReported = false;
    const receive = (_event: unknown, status: DesktopEngineStatus): void => {
      isReported = true;
      listener(status);
    };
    ipcRenderer.on(pushChannels.engine, receive);
    call('engineStatus', null)
      .then((answer) => {
        if (!isReported && 'value' in answer) listener(answer.value);
      })
      // The next change of the state is received anyway.
      .catch(() => undefined);
    return () => void ipcRenderer.off(pushChannels.engine, receive);
  },
  restartEngine: () => call('restartEngine', null),
  pick: (options) => call('pick', options),
  pathsOf: (files) => files.map((file) => webUtils.getPathForFile(file)),
  reveal: (path) => call('reveal', path),
  openReport: (path) => call('openReport', path),
  printReport: (path) => call('printReport', path),
  openLogs: () => call('openLogs', null),
  onMenu(listener) {
    menuListeners.add(listener);
    for (const action of unheard.splice(0)) listener(action);
    return () => void menuListeners.delete(listener);
  },
  showRun: (run) => send('showRun', run),
  setTheme: (theme) => send('setTheme', theme),
};

contextBridge.exposeInMainWorld('distill', bridge);
