import { DistillError } from '../../../contract/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const ports: Record<string, string> = { 'http:': '80', 'https:': '443' };

/** A URL's port, written out. */
export const portOf = ({ port, protocol }: URL): string => (port === '' ? ports[protocol]! : port);

/** The first of some variables that is set, by either spelling; lower case counts first, as in curl. */
function setting(env: Environment, ...names: string[]): { name: string; value: string } | null {
  for (const name of names.flatMap((one) => [one.toLowerCase(), one])) {
    const value = env[name]?.trim();
    if (value) return { name, value };
  }
  return null;
}

/**
 * Whether NO_PROXY names an address: a list, by commas or spaces, of "*", hosts (which stand for their subdomains, too, with or
 * without a dot in front) and hosts with a port.
 */
function isExempt(url: URL, list: string): boolean {
  return list.split(/[\s,]+/).some((entry) => {
    const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase().replace(/^\*?\./, ''))!;
    if (host === '*') return true;
    if (!host || (port !== undefined && port !== portOf(url))) return false;
    return url.hostname === host || url.hostname.endsWith(`.${host}`);
  });
}

/**
 * The proxy that leads to an address, by the usual variables: HTTPS_PROXY or HTTP_PROXY by the address's protocol, else ALL_PROXY,
 * unless NO_PROXY names its host. null: none. Throws INVALID_INPUT for one that is no HTTP proxy.
 */
export function proxyFor(url: URL, env: Environment = process.env): URL | null {
  const given = setting(env, url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY', 'ALL_PROXY');
  if (given === null || isExempt(url, setting(env, 'NO_PROXY')?.value ?? '')) return null;
  const address = given.value.includes('://') ? given.value : `http://${given.value}`;
  const proxy = URL.canParse(address) ? new URL(address) : null;
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy;
  throw new DistillError(
    'INVALID_INPUT',
    // Without what may be a password in it.
    `${given.name} is not the address of an HTTP proxy.`,
    'Write it as http://host:port, or leave it out.',
  );
}

/** The header with a proxy's user and password, where its address has them. */
export function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` };
}
