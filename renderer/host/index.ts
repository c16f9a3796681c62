import { browserHost } from './browser.ts';
import { desktopHost } from './desktop.ts';
import type { Host } from './host.ts';
import { takeToken } from './session.ts';

// Before the router, which reads the address as well.
takeToken();

/** The preload script of the desktop app leaves its bridge on the window; an ordinary browser has none. */
export const host: Host = window.distill ? desktopHost(window.distill) : browserHost();
