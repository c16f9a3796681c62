import { links } from '../contract/links.ts';
import type { Ask } from './confirm.ts';

/** Hosts that the program itself links to; their pages open without a question. */
const knownHosts: ReadonlySet<string> = new Set(Object.values(links).map((link) => new URL(link).hostname));

export type LinkVerdict = 'open' | 'ask' | 'refuse';

/**
 * What to do with an address to open outside. Only https, without a name, password or port in it, goes out at all: other
 * schemes start programs. Unknown hosts are confirmed by the user first.
 */
export function checkLink(address: string): { verdict: LinkVerdict; url: string } {
  if (!URL.canParse(address)) return { verdict: 'refuse', url: address };
  const url = new URL(address);
  const plain = url.protocol === 'https:' && url.username === '' && url.password === '' && url.port === '';
  if (!plain) return { verdict: 'refuse', url: url.href };
  return { verdict: knownHosts.has(url.hostname) ? 'open' : 'ask', url: url.href };
}

export interface LinkOpener {
  open: (url: string) => Promise<void>;
  ask: Ask;
  log: (message: string, thrown?: unknown) => void;
}

/** Opens an address in the system's browser, or logs why not; returns whether it was opened. */
export async function openExternally(address: string, { open, ask, log }: LinkOpener): Promise<boolean> {
  const { verdict, url } = checkLink(address);
  if (verdict === 'refuse') {
    log(`The address ${url} was not opened: only plain https addresses are.`);
    return false;
  }
  if (verdict === 'ask') {
    const message = 'Open this page in your browser?';
    if (!(await ask({ message, detail: url, yes: 'Open', no: 'Cancel' }))) return false;
  }
  await open(url);
  return true;
}

/** Opens addresses for callers that do not wait: a failure is logged. */
export const linkOpener =
  (opener: LinkOpener) =>
  (address: string): void => {
    openExternally(address, opener).catch((thrown: unknown) =>
      opener.log(`The address ${address} could not be opened`, thrown),
    );
  };
