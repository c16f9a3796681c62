import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { guardContents, guardSession } from '../../../electron/main/security.ts';
import { schemes } from '../../../electron/main/protocol.ts';
import { webPreferences } from '../../../electron/main/windows.ts';
import { pageHeaders } from '../../../electron/host/static.ts';
import { readConfig } from '../../../scripts/package/config.ts';

/** One test for each row of Electron's checklist that can be tried without its binary; docs/security.md says where each is kept. */

type PermissionCallback = (granted: boolean) => void;

function guardedSession() {
  const handlers: {
    request?: (contents: unknown, permission: string, callback: PermissionCallback, details: object) => void;
    check?: (contents: unknown, permission: string, origin: string) => boolean;
    device?: () => boolean;
    before?: (details: { url: string }, callback: (response: { cancel: boolean }) => void) => void;
  } = {};
  guardSession(
    {
      setPermissionRequestHandler: (handler) => void (handlers.request = handler),
      setPermissionCheckHandler: (handler) => void (handlers.check = handler),
      setDevicePermissionHandler: (handler) => void (handlers.device = handler),
      setDisplayMediaRequestHandler: () => undefined,
      webRequest: { onBeforeRequest: (listener) => void (handlers.before = listener) },
    },
    () => undefined,
  );
  return {
    isCancelled: (url: string): boolean => {
      let cancelled = false;
      handlers.before!({ url }, ({ cancel }) => (cancelled = cancel));
      return cancelled;
    },
    isGranted: (permission: string, requestingUrl: string): boolean[] => {
      let granted = false;
      handlers.request!(null, permission, (answer) => (granted = answer), { requestingUrl });
      return [granted, handlers.check!(null, permission, requestingUrl)];
    },
    device: () => handlers.device!(),
  };
}

class FakeContents extends EventEmitter {
  open: ((details: { url: string }) => { action: 'deny' }) | null = null;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: 'deny' }): void {
    this.open = handler;
  }
  /** Whether the page may do so. */
  may(event: string, url = ''): boolean {
    let allowed = true;
    this.emit(event, { url, preventDefault: () => (allowed = false) });
    return allowed;
  }
}

function guardedContents() {
  const contents = new FakeContents();
  const opened: string[] = [];
  guardContents(
    contents,
    (url) => opened.push(url),
    () => undefined,
  );
  return { contents, opened };
}

describe("Electron's security checklist", () => {
  const preferences = webPreferences('/preload.cjs');

  it('1: only content of our own is loaded', () => {
    const { isCancelled } = guardedSession();
    for (const url of ['app://studio/', 'data:image/png;base64,', 'blob:app://studio/1'])
      expect(isCancelled(url)).toBe(false);
    for (const url of [
      'http://example.org/',
      'https://example.org/a.js',
      'ws://127.0.0.1:1/',
      'wss://example.org/',
      'file:///etc/passwd',
      'ftp://example.org/',
    ])
      expect(isCancelled(url)).toBe(true);
  });

  it('2 to 4: no Node in pages, contexts isolated, sandboxed', () => {
    expect(preferences).toMatchObject({
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      contextIsolation: true,
      sandbox: true,
    });
  });

  it('5: permissions are denied but for copying, and that to our pages alone', () => {
    const { isGranted, device } = guardedSession();
    expect(isGranted('clipboard-sanitized-write', 'app://studio/')).toEqual([true, true]);
    expect(isGranted('clipboard-sanitized-write', 'https://example.org/')).toEqual([false, false]);
    expect(isGranted('clipboard-sanitized-write', '')).toEqual([false, false]);
    for (const permission of [
      'clipboard-read',
      'media',
      'geolocation',
      'notifications',
      'midiSysex',
      'pointerLock',
      'fullscreen',
      'openExternal',
      'window-management',
      'fileSystem',
      'hid',
      'serial',
      'usb',
    ])
      expect(isGranted(permission, 'app://studio/')).toEqual([false, false]);
    expect(device()).toBe(false);
  });

  it('6, 8, 9, 10: nothing of the browser is loosened', () => {
    expect(preferences).toMatchObject({
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
    });
    expect(preferences).not.toHaveProperty('enableBlinkFeatures');
  });

  it('7: a content security policy without eval and without other origins', () => {
    const policy = pageHeaders()['content-security-policy']!;
    const directives = new Map(
      policy.split('; ').map((each) => [each.split(' ')[0], each.split(' ').slice(1)]),
    );
    expect(directives.get('default-src')).toEqual(["'none'"]);
    expect(directives.get('script-src')).toEqual(["'self'"]);
    for (const [name, sources] of directives)
      for (const source of sources) {
        expect(source, name).not.toMatch(/unsafe-eval|^\*|https?:|wss?:/);
      }
    expect(directives.get('frame-ancestors')).toEqual(["'none'"]);
    expect(directives.get('base-uri')).toEqual(["'none'"]);
    expect(directives.get('form-action')).toEqual(["'none'"]);
  });

  it('11, 12: no webviews', () => {
    expect(preferences).toMatchObject({ webviewTag: false });
    expect(guardedContents().contents.may('will-attach-webview')).toBe(false);
  });

  it('13: a page stays on our origin', () => {
    const { contents } = guardedContents();
    for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
      expect(contents.may(event, 'app://studio/runs/1')).toBe(true);
      for (const url of [
        'https://example.org/',
        'app://evil/',
        'file:///etc/passwd',
        'javascript:1',
        'no address',
      ])
        expect(contents.may(event, url), `${event} ${url}`).toBe(false);
    }
    expect(preferences).toMatchObject({ navigateOnDragDrop: false });
  });

  it('14: a page opens no windows; links go through the opener', () => {
    const { contents, opened } = guardedContents();
    expect(contents.open!({ url: 'https://arxiv.org/' })).toEqual({ action: 'deny' });
    expect(opened).toEqual(['https://arxiv.org/']);
  });

  // 15: external-links.test.ts. 17: ipc.test.ts.

  it('16: a current version of Electron', () => {
    const manifest = JSON.parse(readFileSync(path.resolve('node_modules/electron/package.json'), 'utf8')) as {
      version: string;
    };
    expect(Number(manifest.version.split('.')[0])).toBeGreaterThanOrEqual(45);
  });

  it('18: a protocol of our own instead of file://', () => {
    expect(schemes).toMatchObject([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
    expect(schemes[0]!.privileges).not.toHaveProperty('bypassCSP');
    expect(schemes[0]!.privileges).not.toHaveProperty('corsEnabled');
  });

  it('19: fuses', async () => {
    const config = await readConfig();
    expect(config.electronFuses).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableCookieEncryption: true,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
      resetAdHocDarwinSignature: true,
    });
  });
});
