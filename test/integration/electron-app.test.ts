import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron } from '@playwright/test';
import { afterAll, describe, expect, it } from 'vitest';
import { electronBinary } from '../../scripts/electron-binary.ts';

const main = path.resolve('dist/electron/main/index.js');
const binary = electronBinary();
const needsDisplay =
  process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'];

function missing(): string | null {
  if (binary === null) return "Electron's binary is not here: npx install-electron fetches it";
  if (!existsSync(main) || !existsSync(path.resolve('dist/renderer/index.html')))
    return 'npm run build first';
  return needsDisplay ? 'there is no display' : null;
}
const why = missing();

/** The real program, from its window to the engine and back. */
describe.skipIf(why !== null)(`the desktop app${why === null ? '' : ` (skipped: ${why})`}`, () => {
  const home = mkdtempSync(path.join(tmpdir(), 'electron-app-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('paints, reaches the engine, and ends in order', async () => {
    const app = await _electron.launch({
      executablePath: binary!,
      args: [
        main,
        `--user-data-dir=${path.join(home, 'user')}`,
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
      env: { ...process.env, DISTILL_HOME: path.join(home, 'home') },
    });
    try {
      const page = await app.firstWindow();
      await page.waitForLoadState('domcontentloaded');
      expect(page.url()).toBe('app://studio/');
      // As a page sees it: no Node, the bridge, and an engine that comes up.
      expect(
        await page.evaluate(() => ({
          node: typeof (globalThis as { require?: unknown }).require,
          bridge: typeof (globalThis as { distill?: unknown }).distill,
        })),
      ).toEqual({ node: 'undefined', bridge: 'object' });
      const state = await page.evaluate(
        () =>
          new Promise<string>((resolve) => {
            const { distill } = globalThis as unknown as {
              distill: { onEngine: (listener: (status: { state: string }) => void) => void };
            };
            distill.onEngine((status) => {
              if (status.state === 'up' || status.state === 'failed') resolve(status.state);
            });
          }),
      );
      expect(state).toBe('up');
    } finally {
      await app.close();
    }
  });
});
