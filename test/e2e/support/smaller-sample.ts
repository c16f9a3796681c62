import type { Page } from '@playwright/test';

/** What is drawn in place of the program's own sample: the fewest tracks that can be split, a sixth of its images. */
export const smallerSample = { tracksPerClass: 2, testPerClass: 4 };

/**
 * Has the page draw fewer images than the program does: drawing all of them and reading them twice would take a fifth of the
 * processor time of all end-to-end tests. What the page asks for passes through here otherwise unchanged.
 */
export const drawSmallerSample = (page: Page): Promise<void> =>
  page.routeWebSocket(/\/api\/engine/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => server.send(withSmallerSample(message)));
  });

function withSmallerSample(message: string | Buffer): string | Buffer {
  if (typeof message !== 'string' || !message.includes('"sample"')) return message;
  const call = JSON.parse(message) as { service?: string; method?: string; input?: object };
  if (call.service !== 'dataset' || call.method !== 'sample') return message;
  return JSON.stringify({ ...call, input: { ...call.input, ...smallerSample } });
}
