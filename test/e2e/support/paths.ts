import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../../..');

/** The built pages; E2E_RENDERER names those of elsewhere. */
export const rendererFolder = path.resolve(process.env['E2E_RENDERER'] ?? path.join(root, 'dist/renderer'));

/** The terminal's program, from its sources. */
export const distill = path.join(root, 'electron/cli/main.ts');

/** A few classes of the real GTSRB, as the three archives of its authors; a fresh clone has none. */
const mini = path.join(process.env['GTSRB_DIR'] ?? path.join(root, '../shared/gtsrb'), 'mini');
/** The picker shows where links lead to. */
export const gtsrbMini = existsSync(mini) ? realpathSync(mini) : mini;

/** Debian's Chromium, or another one by CHROMIUM: Playwright's own is not downloaded. */
export const chromium = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((file) => file !== undefined && existsSync(file));
