import type { WebContents } from 'electron';
import { isOwnUrl } from './origin.ts';

/** The only thing that the pages may do beyond showing themselves: put text on the clipboard ("copy"). */
const grantedPermissions: readonly string[] = ['clipboard-sanitized-write'];

/** What our pages are made of; everything else is remote or foreign content. */
const ownSchemes: readonly string[] = ['app:', 'data:', 'blob:', 'devtools:'];

interface GuardedSession {
  setPermissionRequestHandler(
    handler: (
      contents: unknown,
      permission: string,
      callback: (granted: boolean) => void,
      details: { requestingUrl?: string },
    ) => void,
  ): void;
  setPermissionCheckHandler(
    handler: (contents: unknown, permission: string, requestingOrigin: string) => boolean,
  ): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  setDisplayMediaRequestHandler(handler: null): void;
  webRequest: {
    onBeforeRequest(
      listener: (details: { url: string }, callback: (response: { cancel: boolean }) => void) => void,
    ): void;
  };
}

interface NavigationEvent {
  preventDefault(): void;
  readonly url: string;
}

export interface GuardedContents {
  on(
    event: 'will-navigate' | 'will-redirect' | 'will-frame-navigate',
    listener: (event: NavigationEvent) => void,
  ): unknown;
  on(event: 'will-attach-webview', listener: (event: { preventDefault(): void }) => void): unknown;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: 'deny' }): void;
}

const mayDo = (permission: string, address: string | undefined): boolean =>
  grantedPermissions.includes(permission) && address !== undefined && isOwnUrl(address);

/** Denies every permission but the granted ones to our own pages, and every request that leaves the machine. */
export function guardSession(session: GuardedSession, log: (message: string) => void): void {
  session.setPermissionRequestHandler((_contents, permission, callback, { requestingUrl }) =>
    callback(mayDo(permission, requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) => mayDo(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler(null);
  session.webRequest.onBeforeRequest(({ url }, callback) => {
    const cancel = !ownSchemes.includes(new URL(url).protocol);
    if (cancel) log(`A request that leaves the program was refused: ${url}`);
    callback({ cancel });
  });
}

/** Keeps a page where it is: on our own origin, without windows of its own and without webviews. */
export function guardContents(
  contents: GuardedContents,
  openExternal: (url: string) => void,
  log: (message: string) => void,
): void {
  const stay = (event: NavigationEvent): void => {
    if (isOwnUrl(event.url)) return;
    event.preventDefault();
    log(`A navigation to ${event.url} was refused.`);
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    log('A webview was refused.');
  });
  contents.setWindowOpenHandler(({ url }) => {
    openExternal(url);
    return { action: 'deny' };
  });
}

interface AppLike {
  on(event: 'web-contents-created', listener: (event: unknown, contents: WebContents) => void): unknown;
}

/** Guards every page from its creation on. Call it before the first window is made. */
export function setupSecurity(
  app: AppLike,
  openExternal: (url: string) => void,
  log: (message: string) => void,
): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, openExternal, log));
}
