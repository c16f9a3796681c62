import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readKeyOf } from '../../electron/contract/host.ts';
import { expect, open, test } from './support/studio.ts';

/** Another server on this machine, of whoever: it keeps all that a browser sends it. */
async function stranger(): Promise<{ server: Server; origin: string; heard: IncomingMessage[] }> {
  const heard: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    heard.push(request);
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>another</title>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

test('another port of the same machine is sent nothing that lets it in', async ({
  studio,
  page,
  context,
}) => {
  const { server, origin, heard } = await stranger();
  try {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await open(page, studio, '/evaluation', { folder: studio.run });
    await expect(page.locator('img').first()).toBeVisible({ timeout: 30_000 });
    // Images carry the end of the token in their addresses, which only reads; the token itself stands in no address but the first.
    expect(asked.filter((url) => url.includes(`access=${readKeyOf(studio.token)}`)).length).toBeGreaterThan(
      0,
    );
    expect(asked.filter((url) => url.includes(studio.token) && url.startsWith('http'))).toHaveLength(1);
    expect(page.url()).not.toContain(studio.token);
    expect(await context.cookies()).toEqual([]);

    // From the studio's own page, by a link, and by a visit of its own.
    await page.evaluate((address) => {
      const link = document.createElement('a');
      link.href = `${address}/linked`;
      document.body.append(link);
      link.click();
    }, origin);
    await expect(page).toHaveTitle('another');
    // What the stranger's page finds of the studio's store, and what it can fetch.
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
    const fetched = await page.evaluate(
      (address) =>
        fetch(`${address}/api/host`, { credentials: 'include' }).then(
          ({ status }) => status,
          () => 'refused',
        ),
      studio.origin,
    );
    expect(fetched).toBe('refused');
    await page.goto(`${origin}/visited`);

    expect(heard.map(({ url }) => url)).toEqual(expect.arrayContaining(['/linked', '/visited']));
    const key = readKeyOf(studio.token);
    for (const { url, rawHeaders, headers } of heard) {
      const all = [url, ...rawHeaders].join('\n');
      expect(all).not.toContain(key);
      expect(all).not.toContain(studio.token.slice(0, 12));
      expect([headers.cookie, headers.authorization]).toEqual([undefined, undefined]);
      // Its own page asks for more and names itself.
      expect(headers.referer ?? '').not.toContain(studio.origin);
    }
  } finally {
    server.close();
  }
});

test('a reload and a second tab of the same browser stay let in; another browser is shown what to open', async ({
  studio,
  page,
  context,
  browser,
}) => {
  await open(page, studio, '/library');
  await page.reload();
  const up = { timeout: 30_000 };
  await expect(page.getByTestId('engine-state')).toHaveAttribute('data-state', 'up', up);
  const tab = await context.newPage();
  await tab.goto(`${studio.origin}/library`);
  await expect(tab.getByTestId('engine-state')).toHaveAttribute('data-state', 'up', up);

  const other = await browser.newContext();
  const foreign = await other.newPage();
  await foreign.goto(`${studio.origin}/library`);
  await expect(foreign.locator('body')).toContainText(
    'Open the address that "distill-studio serve" printed',
    up,
  );
  await other.close();
});
