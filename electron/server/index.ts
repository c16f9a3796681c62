import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { DistillError } from '../contract/errors.ts';
import { forkNodeEngine } from '../host/node-engine.ts';
import { commonHeaders } from '../host/responses.ts';
import { fileRoots, pickerRoots } from '../host/roots.ts';
import { superviseEngine, type EngineSupervisor, type SupervisorOptions } from '../host/supervisor.ts';
import type { Log } from '../rpc/protocol.ts';
import { engineSockets } from './engine-socket.ts';
import { checkRequest, type GuardOptions, type Verdict } from './guard.ts';
import { sendResponse } from './http.ts';
import { listen } from './listen.ts';
import { createRoutes, readPaths } from './routes.ts';

export interface ServerOptions {
  /** The folder of the renderer's built files. */
  renderer: string;
  version: string;
  /** The address to listen on. */
  host?: string;
  /** 0: any free one; null: 4173 or one of the next. */
  port?: number | null;
  /** The folders that the picker may list, beside those of the settings; null: the user's own and the current one. */
  roots?: readonly string[] | null;
  /** Names under which the server may be addressed, beside this machine's own. */
  allowedHosts?: readonly string[];
  /** Where the engine is not this one started as a child process. */
  fork?: SupervisorOptions<ReturnType<typeof forkNodeEngine>>['fork'];
  /** The engine's environment. */
  env?: NodeJS.ProcessEnv;
  log?: Log;
}

export interface RunningServer {
  /** With the token: whoever knows it may use the engine. */
  url: string;
  port: number;
  token: string;
  supervisor: EngineSupervisor;
  /** Ends the engine in order (a run is saved), then the server. */
  close(): Promise<void>;
}

/** The browser host: pages, engine and files for one user on this machine. Throws NOT_FOUND (no built pages), INVALID_INPUT (port, host). */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { renderer, version, env, log = () => undefined } = options;
  const { host = '127.0.0.1', port: wanted = null, roots = null, allowedHosts = [] } = options;
  if (!existsSync(path.join(renderer, 'index.html'))) {
    const hint = 'Run "npm run build" in the program\'s folder, then try again.';
    throw new DistillError(
      'NOT_FOUND',
      `The pages are not built: there is no index.html in "${renderer}".`,
      hint,
    );
  }
  const server = createServer();
  const port = await listen(server, host, wanted);
  const token = randomBytes(32).toString('base64url');
  const supervisor = superviseEngine({
    fork: options.fork ?? (() => forkNodeEngine({ ...(env && { env }), log })),
    log,
  });

  const client = () => supervisor.client();
  const routes = createRoutes({
    supervisor,
    renderer,
    version,
    // Where the engine's system.storage counts and clears them.
    uploads: async () => path.join((await client().system.settings({})).dataFolder, 'uploads'),
    pickerRoots: pickerRoots(client, roots ?? [homedir(), process.cwd()]),
    // Not all of the user's own folder: its keys and letters are nobody's business.
    fileRoots: fileRoots(client, roots ?? []),
  });
  const sockets = engineSockets(() => supervisor.open(), log);
  const wildcards = ['0.0.0.0', '::'];
  const guard: GuardOptions = {
    token,
    readPaths,
    allowedHosts: [...allowedHosts, ...(wildcards.includes(host) ? [] : [bracketed(host)])],
  };
  const check = ({ method = 'GET', url = '/', headers }: IncomingMessage, isUpgrade: boolean): Verdict =>
    checkRequest({ method, url, headers, isUpgrade }, guard);

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const verdict = check(incoming, false);
    const response = verdict.kind === 'pass' ? await routes(incoming, outgoing) : answerOf(verdict);
    await sendResponse(response, outgoing);
  }
  function upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const verdict = check(incoming, true);
    const isEngine = incoming.url?.split('?')[0] === '/api/engine';
    if (verdict.kind === 'pass' && isEngine) sockets.upgrade(incoming, socket, head);
    else {
      const status = verdict.kind === 'refuse' ? verdict.status : 404;
      const sentence = verdict.kind === 'refuse' ? verdict.sentence : 'There is no such socket.';
      socket.end(
        `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n${sentence}\n`,
      );
    }
  }
  // What is thrown in a listener ends the process: a fault in one connection ends that one only.
  server.on('request', (incoming, outgoing) => {
    answer(incoming, outgoing).catch((thrown: unknown) => {
      log('A request could not be answered', thrown);
      outgoing.destroy();
    });
  });
  server.on('upgrade', (incoming: IncomingMessage, socket, head: Buffer) => {
    // Node has taken its own listener off: without one a connection that is reset would end the whole server.
    socket.on('error', () => socket.destroy());
    try {
      upgrade(incoming, socket, head);
    } catch (thrown) {
      log('A socket could not be opened', thrown);
      socket.destroy();
    }
  });
  // A connection that cannot be accepted, for want of file handles say.
  server.on('error', (thrown) => log('The server met an error', thrown));
  // An upload may take as long as it takes.
  server.requestTimeout = 0;

  const shownHost = wildcards.includes(host) ? '127.0.0.1' : bracketed(host);
  return {
    url: `http://${shownHost}:${port}/?token=${token}`,
    port,
    token,
    supervisor,
    async close() {
      server.close();
      await supervisor.close();
      sockets.close();
      server.closeAllConnections();
    },
  };
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

function answerOf(verdict: Exclude<Verdict, { kind: 'pass' }>): Response {
  const headers = { ...commonHeaders, 'cache-control': 'no-store' };
  return new Response(`${verdict.sentence}\n`, {
    status: verdict.status,
    headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' },
  });
}
