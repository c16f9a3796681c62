import type { DesktopCall } from './desktop.ts';

/** Names on the wire between main process and preload; apart from the schemas, so that the preload's bundle stays without zod. */
export const callChannel = (name: DesktopCall): string => `distill:call:${name}`;

export const pushChannels = {
  menu: 'distill:menu',
  engine: 'distill:engine',
  port: 'distill:port',
} as const;
