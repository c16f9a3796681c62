import { request, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { expect, test, type Studio } from './support/studio.ts';

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** As no browser would send it: with any Host and Origin. */
function ask({ origin }: Studio, path: string, options: RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${origin}${path}`, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.on('upgrade', ({ statusCode = 0, headers }, socket) => {
      socket.destroy();
      resolve({ status: statusCode, headers, text: '' });
    });
    sent.on('error', reject);
    sent.end();
  });
}

const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

test('a wrong token, or none, lets nobody in', async ({ studio, page }) => {
  for (const path of ['/api/host', '/api/files?path=/', '/api/file?path=/etc/passwd', '/api/host-events'])
    expect(await ask(studio, path)).toMatchObject({ status: 401 });
  expect(await ask(studio, `/?token=${studio.token.slice(0, -1)}`)).toMatchObject({ status: 401 });
  const authorization = `Bearer ${studio.token}`;
  expect(await ask(studio, '/api/host', { headers: { authorization } })).toMatchObject({ status: 200 });
  expect(await ask(studio, '/api/host', { headers: { authorization: `${authorization}x` } })).toMatchObject({
    status: 401,
  });

  await page.goto(`${studio.origin}/?token=wrong`);
  await expect(page.locator('body')).toContainText('This token is wrong.');
  await page.goto(`${studio.origin}/?token=${studio.token}`);
  await expect(page.getByTestId('engine-state')).toBeVisible();
  // Nobody who looks over a shoulder or into the history finds it.
  expect(page.url()).not.toContain(studio.token);
});

test('a request under a foreign name is refused, whatever it holds', async ({ studio }) => {
  const authorization = `Bearer ${studio.token}`;
  const { host } = new URL(studio.origin);
  expect(await ask(studio, '/', { headers: { host, authorization } })).toMatchObject({ status: 200 });
  for (const foreign of ['evil.example', `evil.example:${host.split(':')[1]!}`, '127.0.0.1.evil.example']) {
    for (const headers of [{}, upgrade]) {
      const response = await ask(studio, '/api/engine', {
        headers: { ...headers, host: foreign, authorization },
      });
      expect(response.status, foreign).toBe(403);
    }
    expect(await ask(studio, `/?token=${studio.token}`, { headers: { host: foreign } })).toMatchObject({
      status: 403,
    });
  }
});

test('another page in the same browser can neither change anything nor reach the engine', async ({
  studio,
}) => {
  const authorization = `Bearer ${studio.token}`;
  const own = { authorization, origin: studio.origin };
  expect(await ask(studio, '/api/engine', { headers: { ...upgrade, ...own } })).toMatchObject({
    status: 101,
  });
  for (const origin of [
    'https://evil.example',
    'null',
    studio.origin.replace('http:', 'https:'),
    `${studio.origin}0`,
  ]) {
    const headers = { authorization, origin };
    expect(await ask(studio, '/api/engine', { headers: { ...upgrade, ...headers } })).toMatchObject({
      status: 403,
    });
    for (const path of ['/api/upload?name=a.ppm&batch=a', '/api/restart-engine'])
      expect(await ask(studio, path, { method: 'POST', headers })).toMatchObject({ status: 403 });
  }
  expect(await ask(studio, '/api/engine', { headers: { ...upgrade, origin: studio.origin } })).toMatchObject({
    status: 401,
  });
});

test('files outside of the chosen folders are not given out', async ({ studio }) => {
  const headers = { authorization: `Bearer ${studio.token}` };
  for (const path of ['/etc/passwd', `${studio.home}/../../etc/passwd`, '/proc/self/environ'])
    for (const address of ['/api/files', '/api/file']) {
      const response = await ask(studio, `${address}?${new URLSearchParams({ path })}`, { headers });
      expect(response.status, `${address} ${path}`).toBeGreaterThanOrEqual(400);
      expect(response.text).not.toContain('root:');
    }
  expect(await ask(studio, '/..%2f..%2fpackage.json', { headers })).toMatchObject({ status: 404 });
});
