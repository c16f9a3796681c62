import type { HostEvent } from '../contract/host.ts';
import { commonHeaders } from '../host/responses.ts';
import type { EngineStatus } from '../host/supervisor.ts';

/** Milliseconds between comments that keep tunnels and proxies from closing a quiet stream. */
const QUIET_MS = 25_000;

interface StatusSource {
  readonly status: EngineStatus;
  onStatus(listener: (status: EngineStatus) => void): () => void;
}

/** Server-sent events of the engine's state, beginning with the present one. Ends when the client goes. */
export function hostEvents(source: StatusSource, signal: AbortSignal): Response {
  const encoder = new TextEncoder();
  let end = (): void => undefined;
  const body = new ReadableStream<Uint8Array>({
    start(stream) {
      const send = (text: string): void => {
        try {
          stream.enqueue(encoder.encode(text));
        } catch {
          // The client has just gone.
          end();
        }
      };
      const sendStatus = ({ state, error }: EngineStatus): void => {
        const event: HostEvent = { engine: state, error };
        send(`data: ${JSON.stringify(event)}\n\n`);
      };
      const stopListening = source.onStatus(sendStatus);
      const keepAlive = setInterval(() => send(':\n\n'), QUIET_MS);
      keepAlive.unref();
      end = () => {
        stopListening();
        clearInterval(keepAlive);
      };
      sendStatus(source.status);
    },
    cancel: () => end(),
  });
  signal.addEventListener('abort', () => end(), { once: true });
  return new Response(body, {
    headers: { ...commonHeaders, 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  });
}
