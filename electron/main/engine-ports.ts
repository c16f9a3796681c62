import { portMessage, type DesktopEngineStatus } from '../contract/desktop.ts';
import { pushChannels } from '../contract/desktop-channels.ts';

/** A page that asked for the engine. */
export interface PortReceiver<Port> {
  isDestroyed(): boolean;
  postMessage(channel: string, message: unknown, ports: Port[]): void;
}

interface Supervised<Port> {
  readonly status: DesktopEngineStatus;
  readonly process: { openPort(): Port } | null;
  onStatus(listener: (status: DesktopEngineStatus) => void): () => void;
}

/**
 * Hands pages their ports to the engine. Each request is answered with one port: at once where an engine runs, else when one does.
 * A page whose port closed with a dead engine asks again.
 */
export function setupEnginePorts<Port>(
  supervisor: Supervised<Port>,
  send: (channel: string, status: DesktopEngineStatus) => void,
): { request(page: PortReceiver<Port>): void } {
  const waiting = new Set<PortReceiver<Port>>();

  function serve(page: PortReceiver<Port>): boolean {
    const { process, status } = supervisor;
    if (process === null || status.state === 'failed' || status.state === 'restarting') return false;
    if (!page.isDestroyed()) page.postMessage(pushChannels.port, portMessage, [process.openPort()]);
    return true;
  }

  supervisor.onStatus((status) => {
    send(pushChannels.engine, status);
    for (const page of [...waiting]) if (serve(page)) waiting.delete(page);
  });
  return {
    request(page) {
      if (!serve(page)) waiting.add(page);
    },
  };
}
