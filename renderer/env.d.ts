/// <reference types="vite/client" />
import type { DesktopBridge } from '../electron/contract/desktop.ts';

declare global {
  /** package.json's, put in by Vite. */
  const __APP_VERSION__: string;
  interface Window {
    /** Only in the desktop app. */
    readonly distill?: DesktopBridge;
  }
}
