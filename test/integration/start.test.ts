import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

const built = ['electron/main/index.js', 'electron/preload/index.cjs', 'renderer/index.html'];
const isBuilt = built.every((file) => existsSync(path.resolve('dist', file)));
const canTry = process.platform === 'linux' && isBuilt;

test.skipIf(!canTry)(
  `npm start where no window can be shown says so in one line and serves a browser${canTry ? '' : ' (skipped: Linux only, npm run build first)'}`,
  async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'distill-start-'));
    const child = spawn(process.execPath, [path.resolve('scripts/start.ts'), '--port', '0', '--json'], {
      // Without a program that opens a browser.
      env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', PATH: home, DISTILL_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
    const [result] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { value } = JSON.parse(result) as { value: { url: string } };
    expect(said).toEqual([
      'Without a display Distill Studio opens in the browser instead of a window of its own.',
    ]);
    const { origin, searchParams } = new URL(value.url);
    const page = await fetch(origin, {
      headers: { authorization: `Bearer ${searchParams.get('token')!}` },
    });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('id="app"')]);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    rmSync(home, { recursive: true, force: true });
  },
);
