import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A request without its body; aborted when the client goes away before it was answered. */
export function toRequest(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  const controller = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) controller.abort();
  });
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  const target = incoming.url?.startsWith('/') ? incoming.url : '/';
  const address = new URL(`http://${incoming.headers.host ?? 'localhost'}${target}`);
  // It has proved who asks, and is no input of what is asked.
  if (address.searchParams.has('access')) address.searchParams.delete('access');
  return new Request(address, {
    method: incoming.method ?? 'GET',
    headers,
    signal: controller.signal,
  });
}

/** Sends a response; a client that goes away meanwhile ends it without an error. */
export async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (!response.body) {
    outgoing.end();
    return;
  }
  await pipeline(Readable.fromWeb(response.body), outgoing).catch(() => outgoing.destroy());
}
