import { readKeyOf } from '../../electron/contract/host.ts';

/**
 * The token of `distill serve`, which the address that it prints brings along. Kept for this origin alone, port and all, where no other
 * server on the machine is sent it: a cookie would be.
 */
const storageKey = 'distill-token';

let token: string | null = null;

/** Takes the token out of the address, where one is in it. To be called before anybody else reads the address. */
export function takeToken(): void {
  const address = new URL(location.href);
  token = address.searchParams.get('token');
  try {
    if (token === null) token = localStorage.getItem(storageKey);
    else localStorage.setItem(storageKey, token);
  } catch {
    // A browser that stores nothing: the token lasts as long as the page.
  }
  if (!address.searchParams.has('token')) return;
  address.searchParams.delete('token');
  history.replaceState(history.state, '', address);
}

export const sessionToken = (): string | null => token;

/** The header of a request that proves who asks. */
export const authorization = (): Record<string, string> =>
  token === null ? {} : { authorization: `Bearer ${token}` };

/** An address under /api/ for what a browser asks for by itself, such as an image or a download, and cannot have a header. */
export const readable = (url: string): string =>
  token === null ? url : `${url}${url.includes('?') ? '&' : '?'}access=${readKeyOf(token)}`;
