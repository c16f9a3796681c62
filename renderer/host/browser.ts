import { DistillError, type ErrorValue } from '../../electron/contract/errors.ts';
import { socketProtocol, tokenProtocol } from '../../electron/contract/host.ts';
import { webSocketTransport } from '../../electron/rpc/web-socket.ts';
import { openPathPicker } from '../components/path-picker.ts';
import type { EngineStatus, Host } from './host.ts';
import { authorization, readable, sessionToken } from './session.ts';
import { upload } from './upload.ts';
import { browserNotifications } from './notifications.ts';
import { archiveUrl, fileUrl, imageUrl } from './urls.ts';

/** Milliseconds to wait for a socket that neither opens nor fails. */
const connectTimeout = 10_000;

/** Each server makes a token of its own: a page of the one before it is let in again once its new address was opened. */
const serverGone = (cause?: unknown): DistillError =>
  new DistillError(
    'ENGINE_GONE',
    'The server does not respond.',
    'Start it again (distill-studio serve) and open the address that it prints. If it still runs, check the connection to its machine.',
    { retryable: true, cause },
  );

/** Of a server that answers, but lets this page in no more, or never has. */
const notLetIn = (): DistillError =>
  new DistillError(
    'ENGINE_GONE',
    'The server does not recognise this page.',
    'Open the address that "distill-studio serve" printed when it last started, with its token.',
  );

/** A socket that does not open gives no reason. */
async function refusal(): Promise<DistillError> {
  const answer = await fetch('/api/host', { headers: authorization() }).catch(() => null);
  return answer?.status === 401 ? notLetIn() : serverGone();
}

function connect(): ReturnType<Host['connect']> {
  const token = sessionToken();
  if (token === null) return Promise.reject(notLetIn());
  const address = `${location.origin.replace(/^http/, 'ws')}/api/engine`;
  const socket = new WebSocket(address, [socketProtocol, tokenProtocol(token)]);
  return new Promise<ReturnType<typeof webSocketTransport>>((resolve, reject) => {
    const fail = () => {
      socket.close();
      void refusal().then(reject);
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

async function restartEngine(): Promise<void> {
  const answer = await fetch('/api/restart-engine', { method: 'POST', headers: authorization() }).catch(
    (thrown: unknown) => {
      throw serverGone(thrown);
    },
  );
  if (!answer.ok) throw serverGone(new Error(`HTTP ${answer.status}`));
}

/** Milliseconds before an event stream that was refused is requested again. */
const refusedMs = 5000;

function onEngine(listener: (status: EngineStatus) => void): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function open(): void {
    source = new EventSource(readable('/api/host-events'));
    source.addEventListener('message', ({ data }) => {
      const { engine, error } = JSON.parse(data as string) as {
        engine: EngineStatus['state'];
        error: ErrorValue | null;
      };
      listener({ state: engine, error });
    });
    source.addEventListener('error', () => {
      listener({ state: 'lost', error: null });
      // One that was cut off connects again by itself, one that was refused does not.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, refusedMs);
    });
  }
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/** The engine behind `distill-studio serve`. */
export function browserHost(): Host {
  return {
    kind: 'browser',
    version: __APP_VERSION__,
    connect,
    onEngine,
    restartEngine,
    pick: openPathPicker,
    bring: upload,
    imageUrl,
    fileUrl,
    reveal: null,
    archiveUrl,
    openReport(path) {
      window.open(fileUrl(path), '_blank', 'noopener');
      return Promise.resolve();
    },
    printReport: null,
    openLogs: null,
    onMenu: () => () => undefined,
    showRun({ active, fraction }) {
      // Before the screen's own title, where a narrow tab still shows it.
      const screen = document.title.replace(/^\d+ % · /, '');
      document.title = active && fraction !== null ? `${Math.round(100 * fraction)} % · ${screen}` : screen;
    },
    notifications: browserNotifications,
  };
}
