import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

const built = ['electron/main/index.js', 'electron/preload/index.cjs', 'renderer/index.html'];
const isBuilt = built.every((file) => existsSync(path.resolve('dist', file)));
const canTry = process.platform === 'linux' && isBuilt;
const skipped = canTry ? '' : ' (skipped: Linux only, npm run build first)';

/** Starts it; what it says on stderr until the browser host's address comes, and that address. */
async function start(env: NodeJS.ProcessEnv, home: string, ...args: string[]) {
  const child = spawn(
    process.execPath,
    [path.resolve('scripts/start.ts'), '--port', '0', '--json', ...args],
    {
      // Without a program that opens a browser.
      env: { ...process.env, INIT_CWD: home, WAYLAND_DISPLAY: '', PATH: home, DISTILL_HOME: home, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const [result] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { value } = JSON.parse(result) as { value: { url: string } };
  return { child, said, url: new URL(value.url) };
}

/** Its name is the same on Linux wherever it comes from. */
const fakeElectron = (folder: string, content: string): void =>
  writeFileSync(path.join(folder, 'electron'), content, { mode: 0o755 });

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
}

test.skipIf(!canTry)(
  `npm start where no window can be shown says so in one line and serves a browser${skipped}`,
  async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'distill-start-'));
    const { child, said, url } = await start({ DISPLAY: '' }, home);
    expect(said).toEqual([
      'Without a display Distill Studio opens in the browser instead of a window of its own.',
    ]);
    const { origin, searchParams } = url;
    const page = await fetch(origin, {
      headers: { authorization: `Bearer ${searchParams.get('token')!}` },
    });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('id="app"')]);
    await end(child);
    rmSync(home, { recursive: true, force: true });
  },
);

test.skipIf(!canTry).each([
  ['ends at once', '#!/bin/sh\nexit 127\n', /^exit code 127$/],
  ['is shot down', '#!/bin/sh\nkill -TRAP $$\n', /^signal SIGTRAP$/],
  ['cannot be started', '#!/none\n', /^spawn .* ENOENT$/],
])(
  `npm start with Electron's binary that %s serves a browser, and opens there what it was given${skipped}`,
  async (_what, binary, fault) => {
    const home = mkdtempSync(path.join(tmpdir(), 'distill-start-'));
    fakeElectron(home, binary);
    const env = { DISPLAY: ':0', ELECTRON_SKIP_BINARY_DOWNLOAD: '1', ELECTRON_OVERRIDE_DIST_PATH: home };
    const { child, said, url } = await start(env, home, 'a.distill');
    expect(said).toHaveLength(1);
    const line =
      /^Electron does not run here \((.*)\): Distill Studio opens in the browser instead of a window of its own\.$/;
    expect(line.exec(said[0]!)?.[1]).toMatch(fault);
    expect([url.pathname, url.searchParams.get('open')]).toEqual(['/new', path.join(home, 'a.distill')]);
    await end(child);
    rmSync(home, { recursive: true, force: true });
  },
);

test.skipIf(!canTry)(`npm start ends as a desktop app does that was closed${skipped}`, async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'distill-start-'));
  fakeElectron(home, '#!/bin/sh\necho opened "$2"\n');
  const child = spawn(process.execPath, [path.resolve('scripts/start.ts'), 'a.distill'], {
    env: { ...process.env, DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: home, DISTILL_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(said).toEqual(['opened a.distill']);
  rmSync(home, { recursive: true, force: true });
});
