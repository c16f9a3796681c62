/** The program's own pages are served under this origin and no other. */
export const appScheme = 'app';
export const appHost = 'studio';
export const appOrigin = `${appScheme}://${appHost}`;

/** Whether an address is one of our own pages. */
export function isOwnUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username } = new URL(address);
  return protocol === `${appScheme}:` && host === appHost && username === '';
}

/** What of a WebFrameMain identifies the sender. */
export interface Frame {
  readonly url: string;
  readonly origin: string;
  readonly parent: Frame | null;
}

/** Whether a message comes from the top frame of one of our own pages; null: from a frame that is gone by now. */
export const isOwnFrame = (frame: Frame | null): boolean =>
  frame !== null && frame.parent === null && frame.origin === appOrigin && isOwnUrl(frame.url);
