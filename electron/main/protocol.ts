import { appHost, appScheme } from './origin.ts';

/** Privileges of app://: an origin of its own as https has one, fetch, streams. Registered before Electron is ready. */
export const schemes = [
  {
    scheme: appScheme,
    privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
  },
];

type Handler = (request: Request) => Promise<Response>;

/** The pages and, under the paths that are named, what else answers: the engine's images and files, uploads. */
export const studioHandler =
  (pages: Handler, others: Readonly<Record<string, Handler>>): Handler =>
  (request) => {
    const { pathname } = new URL(request.url);
    return (Object.hasOwn(others, pathname) ? others[pathname]! : pages)(request);
  };

interface ProtocolLike {
  handle(scheme: string, handler: Handler): void;
}

/**
 * Serves app://studio/ by the handlers that the browser host mounts as well; other hosts under app:// do not exist. What a handler
 * throws is logged and becomes 500.
 */
export function setupProtocol(
  protocol: ProtocolLike,
  handler: Handler,
  log: (message: string, thrown?: unknown) => void,
): void {
  protocol.handle(appScheme, async (request) => {
    const { host } = new URL(request.url);
    if (host !== appHost) return new Response('Not found', { status: 404 });
    try {
      return await handler(request);
    } catch (thrown) {
      log(`${request.method} ${request.url} failed`, thrown);
      return new Response('Internal error', { status: 500 });
    }
  });
}
