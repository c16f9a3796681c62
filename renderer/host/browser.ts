import { DistillError, type ErrorValue } from '../../electron/contract/errors.ts';
import { webSocketTransport } from '../../electron/rpc/web-socket.ts';
import { openPathPicker } from '../components/path-picker.ts';
import type { EngineStatus, Host } from './host.ts';
import { fileUrl, imageUrl } from './urls.ts';

/** Milliseconds to wait for a socket that neither opens nor fails. */
const connectTimeout = 10_000;

function connect() {
  const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/engine`);
  return new Promise<ReturnType<typeof webSocketTransport>>((resolve, reject) => {
    const fail = () => {
      socket.close();
      reject(
        new DistillError('ENGINE_GONE', 'The server does not answer.', 'Start it again: distill serve.', {
          retryable: true,
        }),
      );
    };
    const timer = setTimeout(fail, connectTimeout);
    socket.addEventListener('open', () => {
      clearTimeout(timer);
      resolve(webSocketTransport(socket));
    });
    socket.addEventListener('error', () => {
      clearTimeout(timer);
      fail();
    });
  });
}

function onEngine(listener: (status: EngineStatus) => void): () => void {
  const source = new EventSource('/api/host-events');
  source.addEventListener('message', ({ data }) => {
    const { engine, error } = JSON.parse(data as string) as {
      engine: EngineStatus['state'];
      error: ErrorValue | null;
    };
    listener({ state: engine, error });
  });
  return () => source.close();
}

/** Sends one file as a stream; XMLHttpRequest, because fetch does not tell how far an upload is. */
function upload(
  file: File,
  batch: string,
  { signal, onSent }: { signal: AbortSignal | undefined; onSent: (bytes: number) => void },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const name = file.webkitRelativePath || file.name;
    request.open('POST', `/api/upload?${new URLSearchParams({ name, batch })}`);
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded));
    request.addEventListener('load', () => {
      const answer = request.response as { path?: string } & Partial<ErrorValue>;
      if (request.status < 300 && answer.path !== undefined) {
        resolve(answer.path);
        return;
      }
      reject(
        new DistillError(
          answer.code ?? 'INTERNAL',
          answer.message ?? `The upload of ${name} failed.`,
          answer.hint ?? '',
        ),
      );
    });
    request.addEventListener('error', () =>
      reject(
        new DistillError('ENGINE_GONE', `The upload of ${name} was cut off.`, 'Try it again.', {
          retryable: true,
        }),
      ),
    );
    request.addEventListener('abort', () =>
      reject(new DistillError('CANCELLED', 'The upload was cancelled.')),
    );
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

/** The engine behind `distill serve`. */
export function browserHost(): Host {
  return {
    kind: 'browser',
    version: __APP_VERSION__,
    connect,
    onEngine,
    async restartEngine() {
      await fetch('/api/restart-engine', { method: 'POST' });
    },
    pick: openPathPicker,
    async bring(files, { signal, onProgress } = {}) {
      const batch = crypto.randomUUID();
      const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
      const paths: string[] = [];
      let before = 0;
      for (const file of files) {
        const onSent = (bytes: number) => onProgress?.({ sentBytes: before + bytes, totalBytes });
        paths.push(await upload(file, batch, { signal, onSent }));
        before += file.size;
      }
      return paths;
    },
    imageUrl,
    fileUrl,
    reveal: null,
    openExternal(url) {
      window.open(url, '_blank', 'noopener,noreferrer');
      return Promise.resolve();
    },
    openLogs: null,
    onMenu: () => () => undefined,
    showRun({ active, fraction, title }) {
      document.title =
        active && fraction !== null ? `${Math.round(100 * fraction)} % · ${title}` : 'Distill Studio';
    },
    notify(title, body) {
      if (document.hasFocus() || !('Notification' in window) || Notification.permission !== 'granted') return;
      new Notification(title, { body });
    },
  };
}
