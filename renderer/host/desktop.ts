import type { DesktopBridge } from '../../electron/contract/desktop.ts';
import type { Host } from './host.ts';
import { fileUrl, imageUrl } from './urls.ts';
import { windowPortTransport } from './window-port.ts';

/** The engine behind Electron's main process, which hands over a port to it. */
export function desktopHost(bridge: DesktopBridge): Host {
  return {
    kind: 'desktop',
    version: __APP_VERSION__,
    connect: () => windowPortTransport(bridge),
    onEngine: (listener) => bridge.onEngine(listener),
    restartEngine: () => bridge.restartEngine(),
    pick: (options) => bridge.pick(options),
    bring: (files) => Promise.resolve(bridge.pathsOf([...files])),
    imageUrl,
    fileUrl,
    reveal: (path) => bridge.reveal(path),
    openExternal: (url) => bridge.openExternal(url),
    openLogs: () => bridge.openLogs(),
    onMenu: (listener) => bridge.onMenu(listener),
    showRun: (run) => bridge.showRun(run),
    notify: (title, body) => bridge.notify({ title, body }),
  };
}
