import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const packageFolder = path.join(import.meta.dirname, '../node_modules/electron');

/** Milliseconds that fetching about 110 MB may take. */
const patience = 180_000;

/**
 * Electron's program, or null where its package has not fetched it. The package is not imported for that: importing it would begin the
 * download, and throw where it fails.
 */
export function electronBinary(): string | null {
  const note = path.join(packageFolder, 'path.txt');
  const name = existsSync(note) ? readFileSync(note, 'utf8') : null;
  // As the package's own index.js looks for a program of elsewhere.
  const elsewhere = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (name === null && !elsewhere) return null;
  const binary = path.join(elsewhere ?? path.join(packageFolder, 'dist'), name ?? 'electron');
  return existsSync(binary) ? binary : null;
}

/** Lets Electron's package fetch its program, unless ELECTRON_SKIP_BINARY_DOWNLOAD is set. null where that fails. */
export function fetchElectron(): string | null {
  const script = path.join(packageFolder, 'install.js');
  const skip = process.env['ELECTRON_SKIP_BINARY_DOWNLOAD'];
  if ((skip && skip !== '0') || !existsSync(script)) return null;
  process.stderr.write("Fetching Electron's binary (about 110 MB, once) ... ");
  // What it has to say about a failure is a stack; one line of ours says it better.
  spawnSync(process.execPath, [script], { stdio: 'ignore', timeout: patience });
  const binary = electronBinary();
  process.stderr.write(binary === null ? 'impossible here. ' : 'done.\n');
  return binary;
}
