import type { DesktopBridge, CallOutcome } from '../../electron/contract/desktop.ts';
import { DistillError } from '../../electron/contract/errors.ts';
import type { Host } from './host.ts';
import { plain } from './plain.ts';
import { archiveUrl, fileUrl, imageUrl } from './urls.ts';
import { upload } from './upload.ts';
import { windowPortTransport } from './window-port.ts';

/** The result of a call, or the error as it was thrown at the other end. */
async function valueOf<Value>(call: Promise<CallOutcome<Value>>): Promise<Value> {
  const outcome = await call;
  if ('value' in outcome) return outcome.value;
  const { code, message, hint, retryable } = outcome.error;
  throw new DistillError(code, message, hint, { retryable });
}

/** The engine behind Electron's main process, which hands over a port to it. */
export function desktopHost(bridge: DesktopBridge): Host {
  return {
    kind: 'desktop',
    version: __APP_VERSION__,
    connect: () => windowPortTransport(bridge),
    onEngine: (listener) => bridge.onEngine(listener),
    restartEngine: () => valueOf(bridge.restartEngine()),
    pick: ({ kind, ...options }) =>
      valueOf(bridge.pick(plain({ ...options, kind: kind === 'dataset' ? 'folder' : kind }))),
    async bring(files, options) {
      const paths = bridge.pathsOf([...files]);
      const pasted = files.filter((_, i) => paths[i] === '');
      const uploaded = pasted.length === 0 ? [] : await upload(pasted, options);
      return paths.map((path) => (path === '' ? uploaded.shift()! : path));
    },
    imageUrl,
    fileUrl,
    archiveUrl,
    reveal: (path) => valueOf(bridge.reveal(path)),
    openReport: (path) => valueOf(bridge.openReport(path)),
    printReport: (path) => valueOf(bridge.printReport(path)),
    openLogs: () => valueOf(bridge.openLogs()),
    onMenu: (listener) => bridge.onMenu(listener),
    showRun: (run) => bridge.showRun(run),
    notifications: null,
  };
}
