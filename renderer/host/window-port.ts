import type { DesktopBridge } from '../../electron/contract/desktop.ts';
import { DistillError } from '../../electron/contract/errors.ts';
import type { Transport } from '../../electron/rpc/transport.ts';
import { plain } from './plain.ts';

/** What the preload script sends along with the port. */
const portMessage = 'distill:engine-port';

/** Asks for a port to the engine and waits for the message that brings it. */
export function windowPortTransport(bridge: DesktopBridge): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      window.removeEventListener('message', receive);
      reject(
        new DistillError('ENGINE_GONE', 'The engine does not respond.', 'Start the engine again.', {
          retryable: true,
        }),
      );
    }, 10_000);
    function receive({ source, data, ports }: MessageEvent): void {
      const [port] = ports;
      if (source !== window || data !== portMessage || !port) return;
      clearTimeout(timer);
      window.removeEventListener('message', receive);
      resolve(portTransport(port));
    }
    window.addEventListener('message', receive);
    bridge.requestPort();
  });
}

function portTransport(port: MessagePort): Transport {
  return {
    post: (message) => port.postMessage(plain(message)),
    onMessage: (received) => {
      port.onmessage = ({ data }) => received(data);
    },
    onClose: (closed) => port.addEventListener('close', closed, { once: true }),
    close: () => port.close(),
  };
}
